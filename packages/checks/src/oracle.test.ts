/** Verdicts against an oracle that looks at each generated row by itself. */

import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { Check, Metric } from "@kintsugi/config/model";
import { parseCondition } from "@kintsugi/config/units";
import type { CheckResult } from "@kintsugi/events/canary";
import { duckdbWarehouse } from "@kintsugi/local/duckdb-warehouse";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  amountSql,
  type Choose,
  conditionOf,
  type Facts,
  generate,
  type Generated,
  idSql,
  nowMs,
  oracles,
  randomOf,
  type Rule,
  ruleOf,
  verdictOf,
} from "../test-support/generated-tables.ts";
import { evaluateChecks } from "./evaluate.ts";

const [TABLES, DAYS, ROWS] = process.env["KINTSUGI_DEEP"] === undefined ? [8, 30, 300] : [200, 500, 2_000];

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run("SET TimeZone = 'UTC'");
});
afterAll(() => connection.closeSync());

async function fill({ rows, types, listed, planId }: Generated, pick: Choose): Promise<void> {
  await connection.run("DROP TABLE IF EXISTS box; DROP TABLE IF EXISTS plan");
  await connection.run(`CREATE TABLE box (day ${types.day}, id ${types.id}, amount ${types.amount}, moment ${types.at}, name VARCHAR)`);
  const values = rows.map(
    ({ daySql, idSql: id, amount, atSql, name }) =>
      `(${daySql}, ${id}, ${amountSql(amount)}, ${atSql}, ${name === null ? "NULL" : `'${name}'`})`,
  );
  for (let from = 0; from < values.length; from += 2_000)
    await connection.run(`INSERT INTO box VALUES ${values.slice(from, from + 2_000).join(", ")}`);
  await connection.run(`CREATE TABLE plan (day DATE, id ${planId})`);
  const plan = [...listed].flatMap(([day, ids]) => [...ids].map((id) => `('${day}', ${idSql(planId, id, pick)})`));
  await connection.run(`INSERT INTO plan VALUES ${plan.join(", ")}`);
}

type Judging = { readonly generated: Generated; readonly rules: readonly Rule[]; readonly least: number };
type Verdict = readonly [day: string, metric: string, verdict: string];

function factsOf({ listed, rows }: Generated, day: string): Facts {
  const all = rows.filter((row) => row.day === day);
  return { all, due: all.filter(({ id }) => id !== null && listed.get(day)!.has(id)) };
}

/** By the rows alone; of each entity, whether it is thin. */
function wantedOf({ generated, rules, least }: Judging, day: string, isAgain: boolean): readonly Verdict[] {
  const facts = factsOf(generated, day);
  const due = [...generated.listed.get(day)!];
  if (due.length === 0) return [[day, "all", "not_applicable"]];
  const thin = due.filter((id) => facts.due.filter((row) => row.id === id).length < least);
  return [
    ...rules.map((rule): Verdict => [day, rule.name, rule.name === "age" && isAgain ? "not_applicable" : verdictOf(rule, facts)]),
    [day, "each", thin.sort().join(" ")],
  ];
}

function seenOf({ rules }: Pick<Judging, "rules">, [all, each]: readonly [CheckResult, CheckResult]): readonly Verdict[] {
  const day = all.day!;
  if (all.verdict === "not_applicable" && all.metrics.length === 0) return [[day, "all", all.verdict]];
  const thin = each.metrics[0]!.entities?.map(({ id }) => String(Number(id))) ?? [];
  return [
    ...rules.map(({ name }): Verdict => [day, name, all.metrics.find((metric) => metric.name === name)!.verdict]),
    [day, "each", thin.sort().join(" ")],
  ];
}

function checksOf(rules: readonly Rule[], least: number): readonly Check[] {
  const incidents = { openAfter: 1, closeAfter: 1, unknownAfter: 1, remindMs: 0, reopenMs: 0, openDaysMs: 0 };
  const on = { daysAgo: 1 };
  const base = { kind: "table", phase: "p", severity: "red", incidents, table: "box", day: "day", entity: "id", on } as const;
  const metrics = rules.map((rule): Metric => {
    const [aggregate, columns] = oracles[rule.name]!.metric;
    return { name: rule.name, aggregate, columns, fail: parseCondition(conditionOf(rule))! };
  });
  const each = { name: "rows", aggregate: "count", columns: ["*"], fail: parseCondition(`< ${least} * expected`)! } as const;
  return [
    { ...base, name: "all", metrics },
    { ...base, name: "each", metrics: [each] },
  ];
}

test.for(Array.from({ length: TABLES }, (_, seed) => [seed + 1] as const))(
  "every verdict of every day of table %d is that of its rows",
  { timeout: 120_000 },
  async ([seed]) => {
    const random = randomOf(seed);
    const pick: Choose = (choices) => choices[Math.floor(random() * choices.length)]!;
    const generated = generate(random, { days: DAYS, rows: ROWS });
    await fill(generated, pick);
    const days = [...generated.listed.keys()];
    const facts = days.map((day) => factsOf(generated, day));
    const judging = { generated, rules: Object.keys(oracles).map((name) => ruleOf(name, facts, pick)), least: pick([1, 2, 3]) };
    const calendar = { table: "plan", day: "day", entity: "id", dueAfterMs: 0, ends: "nothing expected" } as const;
    const { checks } = await evaluateChecks({
      config: { timezone: "America/New_York", calendar },
      warehouse: duckdbWarehouse(async () => connection),
      checks: checksOf(judging.rules, judging.least),
      nowMs,
      day: days[0]!,
      badDays: () => days.slice(1),
    });
    const seen = days.flatMap((_, index) => seenOf(judging, [checks[index]!, checks[days.length + index]!]));
    const wanted = days.flatMap((day, index) => wantedOf(judging, day, index > 0));
    expect({ types: generated.types, rules: judging.rules.map(conditionOf), seen }).toEqual({
      types: generated.types,
      rules: judging.rules.map(conditionOf),
      seen: wanted,
    });
  },
);
