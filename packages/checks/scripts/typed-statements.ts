/** Prints what checks send to BigQuery for columns of every type, as an analyzer reads it: each metric, each kind of day and of id. */

import { statementOfDays } from "../src/ask-sql.ts";
import { compileCalendar, compileCalendarEnd } from "../src/calendar.ts";
import { compileTable, type DayRows } from "../src/compile.ts";
import { aggregateWants } from "@kintsugi/config/aggregate-wants";
import { aggregates, type Metric } from "@kintsugi/config/model";
import { compileSamples } from "../src/samples.ts";
import { type ColumnType, isNeverTime, otherThanNumber } from "@kintsugi/ports/column-type";

const bigquery: Readonly<Partial<Record<ColumnType, string>>> = {
  integer: "INT64",
  decimal: "NUMERIC",
  float: "FLOAT64",
  boolean: "BOOL",
  text: "STRING",
  date: "DATE",
  time: "DATETIME",
  instant: "TIMESTAMP",
};
const types = Object.keys(bigquery) as ColumnType[];
const isDay = (type: ColumnType): boolean => ["text", "date", "time", "instant"].includes(type);
const timezone = "America/New_York";
const columns = new Map(types.map((type) => [`c_${type}`, type]));
const fail = { op: "<", value: 2, timesExpected: true, text: "< 2 * expected" } as const;

const metrics: readonly Metric[] = aggregates.flatMap((aggregate) =>
  types
    .filter((type) => aggregateWants(aggregate) !== "number" || otherThanNumber(type) === undefined)
    .filter((type) => aggregateWants(aggregate) !== "time" || !isNeverTime(type))
    .map((type): Metric => ({
      name: `${aggregate}_${type}`,
      aggregate,
      columns: [`c_${type}`],
      where: "c_boolean or c_integer > 1 -- some",
      fail,
    })),
);
const rows: Metric = { name: "rows", aggregate: "count", columns: ["*"], fail };
const twins: Metric = { name: "twins", aggregate: "duplicate_count", columns: ["c_text", "c_date"], fail };
const least: Metric = { name: "least", aggregate: "min", columns: ["c_decimal"], fail };
const days = (entities: DayRows["entities"]): readonly DayRows[] => ["2026-02-08", "2026-02-09"].map((day) => ({ day, entities }));

const statements = types.flatMap((entity) =>
  types.filter(isDay).flatMap((day) => {
    const check = { table: "shop.sales", day: `c_${day}`, entity: `c_${entity}`, where: "c_integer > 0" };
    const nulls: Metric = { name: "ids", aggregate: "null_rate", columns: [check.entity], fail };
    const base = { check, timezone, types: columns };
    const calendar = {
      table: "shop.sales",
      day: check.day,
      entity: check.entity,
      starts: check.day,
      dueAfterMs: 0,
      ends: "unknown",
    } as const;
    const sampled = {
      question: { ...base, metrics: [], days: days(["007"]).slice(1) },
      check: {
        ...check,
        kind: "table",
        phase: "p",
        name: "c",
        on: "any",
        severity: "red",
        metrics: [nulls],
        incidents: {} as never,
        masked: ["c_text"],
      },
      columns: { names: [...columns.keys()], types: columns },
    } as const;
    const named = `${day}, ${entity}`;
    const sqls = {
      metrics: compileTable("bigquery", { ...base, metrics, days: days(undefined) }),
      "one day": compileTable("bigquery", { ...base, metrics: [rows], days: days(["007", "b"]).slice(1) }),
      "due entities": compileTable("bigquery", { ...base, metrics: [rows, nulls], days: days(["007", "b"]) }),
      calendar: compileCalendar("bigquery", { calendar, timezone, days: ["2026-02-08", "2026-02-09"], types: columns }),
      rows: compileSamples("bigquery", { ...sampled, metric: nulls })!,
      twins: compileSamples("bigquery", { ...sampled, metric: twins })!,
      least: compileSamples("bigquery", { ...sampled, metric: least })!,
      "calendar's end": compileCalendarEnd("bigquery", calendar, day),
    };
    return Object.entries(sqls).map(([name, sql]) => ({ name: `${name}: ${named}`, sql, parameters: {} }));
  }),
);
const sql = "with x as (select count(*) as n from shop.sales where c_date = @day) select n from x; ";
statements.push({ name: "several days of a statement", sql: statementOfDays({ sql }, ["2026-02-08", "2026-02-09"]), parameters: {} });

const schema = types.map((type) => ({ name: `c_${type}`, type: bigquery[type] }));
process.stdout.write(JSON.stringify({ tables: [{ name: "shop.sales", schema }], statements }));
