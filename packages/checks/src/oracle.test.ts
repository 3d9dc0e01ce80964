/** Verdicts against an oracle that looks at each generated row by itself, and computes with whole numbers. */

import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { Check, Metric } from "@kintsugi/config/model";
import { parseCondition } from "@kintsugi/config/units";
import { duckdbWarehouse } from "@kintsugi/local/duckdb-warehouse";
import { afterAll, beforeAll, expect, test } from "vitest";
import { evaluateChecks } from "./evaluate.ts";

const [TABLES, DAYS, ROWS] = process.env["KINTSUGI_DEEP"] === undefined ? [8, 30, 300] : [200, 500, 5_000];
const HOUR = 3_600_000;
const firstDay = Date.parse("2026-02-16T00:00:00Z");
const dayText = (index: number): string => new Date(firstDay + index * 24 * HOUR).toISOString().slice(0, 10);
const nowMs = firstDay + (DAYS + 3) * 24 * HOUR;

/** New York, whose clocks went forward on 2026-03-08 and back on 2026-11-01, and so on, each at a known instant. */
const CHANGES = ["2026-03-08T07:00Z", "2026-11-01T06:00Z", "2027-03-14T07:00Z", "2027-11-07T06:00Z"].map((at) => Date.parse(at));
const offsetHours = (ms: number): number => (CHANGES.filter((at) => at <= ms).length % 2 === 1 ? -4 : -5);
const businessDayOf = (ms: number): string => new Date(ms + offsetHours(ms) * HOUR).toISOString().slice(0, 10);

/** Mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Amounts are ten-thousandths, so that the oracle adds whole numbers. */
type Row = {
  readonly day: string;
  readonly daySql: string;
  readonly id: string | null;
  readonly idSql: string;
  readonly amount: bigint | null;
  readonly atMs: number | null;
  readonly atSql: string;
  readonly name: string | null;
};
type Pick = <T>(choices: readonly T[]) => T;
type Generated = {
  readonly rows: readonly Row[];
  readonly types: { readonly day: string; readonly id: string; readonly amount: string; readonly at: string };
  readonly listed: ReadonlyMap<string, ReadonlySet<string>>;
  readonly planId: string;
};

const offsets = ["Z", "+09:00", "-05:00", "+05:30"];
function timeSql(type: string, ms: number, pick: Pick): string {
  const iso = new Date(ms).toISOString().slice(0, 19);
  if (type === "TIMESTAMP") return `'${iso}'`;
  const offset = pick(offsets);
  const shifted = offset === "Z" ? 0 : Number(`${offset[0]}1`) * (Number(offset.slice(1, 3)) + Number(offset.slice(4)) / 60);
  return `'${new Date(ms + shifted * HOUR).toISOString().slice(0, 19)}${offset}'`;
}
function idSql(type: string, id: string, pick: Pick): string {
  if (type !== "VARCHAR") return id;
  return `'${pick([id, `00${id}`, `${id}.0`])}'`;
}
const amountSql = (amount: bigint | null): string => {
  if (amount === null) return "NULL";
  const digits = String(amount < 0n ? -amount : amount).padStart(5, "0");
  return `${amount < 0n ? "-" : ""}${digits.slice(0, -4)}.${digits.slice(-4)}`;
};

function generate(random: () => number): Generated {
  const pick: Pick = (choices) => choices[Math.floor(random() * choices.length)]!;
  const types = {
    day: pick(["DATE", "TIMESTAMP", "TIMESTAMPTZ", "VARCHAR"]),
    id: pick(["BIGINT", "DOUBLE", "DECIMAL(12,2)", "VARCHAR"]),
    amount: pick(["DECIMAL(18,4)", "DECIMAL(30,6)", "DOUBLE", "FLOAT"]),
    at: pick(["TIMESTAMP", "TIMESTAMPTZ", "VARCHAR"]),
  };
  const step = types.amount === "FLOAT" ? 1_000n : 1n;
  const rows = Array.from({ length: ROWS }, (): Row => {
    const midnight = firstDay + Math.floor(random() * DAYS) * 24 * HOUR;
    const dayMs = midnight + pick([4, 5]) * HOUR + pick([-1_000, 0, 1_000, 7 * HOUR]);
    const isDate = types.day === "DATE" || (types.day === "VARCHAR" && random() < 0.3);
    const id = random() < 0.1 ? null : String(pick([7, 8, 9, 22_500_714]));
    const atMs = random() < 0.1 ? null : midnight + Math.floor(random() * 24 * 3_600) * 1_000;
    return {
      day: isDate ? dayText((midnight - firstDay) / (24 * HOUR)) : businessDayOf(dayMs),
      daySql: isDate ? `'${new Date(midnight).toISOString().slice(0, 10)}'` : timeSql(types.day, dayMs, pick),
      id,
      idSql: id === null ? "NULL" : idSql(types.id, id, pick),
      amount: random() < 0.2 ? null : BigInt(Math.floor(random() * 21) - 10) * pick([0n, step, 1_000n, 33_000n]),
      atMs,
      atSql: atMs === null ? "NULL" : timeSql(types.at, atMs, pick),
      name: pick([null, "a", "b", "a, b"]),
    };
  });
  const all = Array.from({ length: DAYS }, (_, index) => dayText(index));
  const listed = new Map(all.map((day) => [day, new Set(["7", "8", "9", "22500714"].filter(() => random() < 0.6))]));
  return { rows, types, listed, planId: pick(["BIGINT", "DOUBLE", "VARCHAR"]) };
}

type Rational = { readonly over: bigint; readonly under: bigint };
type Facts = { readonly due: readonly Row[]; readonly all: readonly Row[] };
const count = (n: number): Rational => ({ over: BigInt(n), under: 1n });
const amounts = ({ due }: Facts): bigint[] => due.flatMap(({ amount }) => amount ?? []);
const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);
const extreme = (values: readonly bigint[], isBetter: (a: bigint, b: bigint) => boolean): Rational | null =>
  values.length === 0 ? null : { over: values.reduce((best, value) => (isBetter(value, best) ? value : best)), under: 10_000n };

/** What each metric is, by the rows alone. */
const oracles: Readonly<Record<string, { readonly metric: Pick2; readonly value: (facts: Facts) => Rational | null }>> = {
  rows: { metric: ["count", ["*"]], value: ({ due }) => count(due.length) },
  filled: { metric: ["count", ["amount"]], value: (facts) => count(amounts(facts).length) },
  names: { metric: ["count_distinct", ["name"]], value: ({ due }) => count(new Set(due.flatMap(({ name }) => name ?? [])).size) },
  unnamed: { metric: ["null_count", ["name"]], value: ({ due }) => count(due.filter(({ name }) => name === null).length) },
  nameless: {
    metric: ["null_rate", ["name"]],
    value: ({ due }) =>
      due.length === 0 ? null : { over: BigInt(due.filter(({ name }) => name === null).length), under: BigInt(due.length) },
  },
  ids: { metric: ["null_count", ["id"]], value: ({ all }) => count(all.filter(({ id }) => id === null).length) },
  zeros: {
    metric: ["zero_rate", ["amount"]],
    value: ({ due }) =>
      due.length === 0 ? null : { over: BigInt(due.filter(({ amount }) => amount === 0n).length), under: BigInt(due.length) },
  },
  twins: {
    metric: ["duplicate_count", ["id", "name"]],
    value: ({ due }) => count(due.length - new Set(due.map(({ idSql: id, name }) => JSON.stringify([id, name]))).size),
  },
  least: { metric: ["min", ["amount"]], value: (facts) => extreme(amounts(facts), (a, b) => a < b) },
  most: { metric: ["max", ["amount"]], value: (facts) => extreme(amounts(facts), (a, b) => a > b) },
  total: {
    metric: ["sum", ["amount"]],
    value: (facts) => (amounts(facts).length === 0 ? null : { over: sum(amounts(facts)), under: 10_000n }),
  },
  mean: {
    metric: ["avg", ["amount"]],
    value: (facts) => (amounts(facts).length === 0 ? null : { over: sum(amounts(facts)), under: 10_000n * BigInt(amounts(facts).length) }),
  },
  age: {
    metric: ["age", ["moment"]],
    value({ due }) {
      const times = due.flatMap(({ atMs }) => atMs ?? []);
      return times.length === 0 ? null : { over: BigInt(Math.max(0, nowMs - Math.max(...times))), under: 1_000n };
    },
  },
};
type Pick2 = readonly [NonNullable<Metric["aggregate"]>, readonly string[]];

/** A threshold of so many ten-thousandths, near a value that a day really has. */
type Rule = { readonly name: string; readonly op: string; readonly limit: bigint };

function ruleOf(name: string, facts: readonly Facts[], pick: Pick): Rule {
  const isWhole = ["count", "count_distinct", "null_count", "duplicate_count", "age"].includes(oracles[name]!.metric[0]);
  const unit = isWhole ? 10_000n : pick([1n, 10n]);
  const { over, under } = oracles[name]!.value(pick(facts)) ?? { over: 1n, under: 1n };
  const limit = ((over * 10_000n) / under / unit) * unit + unit * pick([-1n, 0n, 1n]);
  return { name, op: pick(["<", "<=", ">", ">=", "=", "!="]), limit };
}

function conditionOf({ name, op, limit }: Rule): string {
  const [aggregate] = oracles[name]!.metric;
  if (aggregate === "null_rate" || aggregate === "zero_rate") return `${op} ${amountSql(limit * 100n).replace("-", "")}%`;
  return `${op} ${aggregate === "age" ? `${limit / 10_000n}s` : amountSql(limit)}`;
}

function verdictOf({ name, op, limit }: Rule, facts: Facts): string {
  const value = oracles[name]!.value(facts);
  if (value === null) return "finding";
  const isRate = name === "nameless" || name === "zeros";
  const [left, right] = [value.over * 10_000n, (isRate && limit < 0n ? -limit : limit) * value.under];
  const holds = {
    "<": left < right,
    "<=": left <= right,
    ">": left > right,
    ">=": left >= right,
    "=": left === right,
    "!=": left !== right,
  }[op]!;
  return holds ? "finding" : "ok";
}

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run("SET TimeZone = 'UTC'");
});
afterAll(() => connection.closeSync());

async function fill({ rows, types, listed, planId }: Generated, pick: Pick): Promise<void> {
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

test.for(Array.from({ length: TABLES }, (_, seed) => [seed] as const))(
  "table %d: every verdict of every day is that of its rows",
  { timeout: 120_000 },
  async ([seed]) => {
    const random = randomOf(seed + 1);
    const pick: Pick = (choices) => choices[Math.floor(random() * choices.length)]!;
    const generated = generate(random);
    await fill(generated, pick);
    const days = [...generated.listed.keys()];
    const byDay = new Map<string, Row[]>(days.map((day) => [day, []]));
    for (const row of generated.rows) byDay.get(row.day)?.push(row);
    const factsOf = (day: string): Facts => {
      const all = byDay.get(day)!;
      return { all, due: all.filter(({ id }) => id !== null && generated.listed.get(day)!.has(id)) };
    };
    const rules = Object.keys(oracles).map((name) => ruleOf(name, days.map(factsOf), pick));
    const metrics = rules.map((rule): Metric => {
      const [aggregate, columns] = oracles[rule.name]!.metric;
      return { name: rule.name, aggregate, columns, fail: parseCondition(conditionOf(rule))! };
    });
    const incidents = { openAfter: 1, closeAfter: 1, unknownAfter: 1, remindMs: 0, reopenMs: 0, openDaysMs: 0 };
    const base = {
      kind: "table",
      phase: "p",
      severity: "red",
      incidents,
      table: "box",
      day: "day",
      entity: "id",
      on: { daysAgo: 1 },
    } as const;
    const per = parseCondition(`< ${pick([1, 2, 3])} * expected`)!;
    const checks: Check[] = [
      { ...base, name: "all", metrics },
      { ...base, name: "each", metrics: [{ name: "rows", aggregate: "count", columns: ["*"], fail: per }] },
    ];
    const calendar = { table: "plan", day: "day", entity: "id", dueAfterMs: 0, ends: "nothing expected" } as const;
    const request = {
      config: { timezone: "America/New_York", calendar },
      warehouse: duckdbWarehouse(async () => connection),
      checks,
      nowMs,
    };
    const { judged } = await evaluateChecks({ ...request, badDays: () => days.slice(1), day: days[0]! });

    expect(judged).toHaveLength(2 * days.length);
    for (const { result, isAgain } of judged) {
      const facts = factsOf(result.day!);
      const due = [...generated.listed.get(result.day!)!];
      if (due.length === 0) {
        expect(result.verdict).toBe("not_applicable");
        continue;
      }
      const at = `${seed}: ${result.day} of ${JSON.stringify(generated.types)}`;
      if (result.check === "each") {
        const least = "value" in per ? per.value : 0;
        const thin = due.filter((id) => facts.due.filter((row) => row.id === id).length < least);
        expect(result.metrics[0]!.entities?.map(({ id }) => String(Number(id))).sort() ?? [], at).toEqual(thin.sort());
        continue;
      }
      for (const rule of rules) {
        const metric = result.metrics.find(({ name }) => name === rule.name)!;
        const wanted = rule.name === "age" && isAgain ? "not_applicable" : verdictOf(rule, facts);
        expect([at, rule.name, conditionOf(rule), metric.reason, metric.verdict]).toEqual([
          at,
          rule.name,
          conditionOf(rule),
          metric.reason,
          wanted,
        ]);
      }
    }
  },
);
