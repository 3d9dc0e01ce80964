import { expect, test } from "vitest";
import { parseConfig } from "@kintsugi/config/load";
import { readYaml } from "@kintsugi/config/read-yaml";
import type { ColumnType } from "@kintsugi/ports/column-type";
import { namedTables, verifyColumns } from "./verify-columns.ts";

const MARK = "▸";
const head = "version: 1\npipeline: shop\ntimezone: UTC\n";
const columns = (types: Readonly<Record<string, ColumnType>>) => Object.entries(types).map(([name, type]) => ({ name, type }));
const columnsOf = new Map([
  ["raw.sales", columns({ Day: "date", shop: "text", price: "decimal" })],
  ["plan", columns({ day: "date", shop: "text", opens: "instant" })],
  ["gone", undefined],
]);
const known = { columnsOf, names: ["raw.sales", "plan"] };

function judge(marked: string, env: Record<string, string> = {}) {
  const text = head + marked.replaceAll(MARK, "");
  const loaded = parseConfig(text, { file: "kintsugi.yaml", env });
  if ("problems" in loaded) throw new Error(JSON.stringify(loaded.problems));
  const { source } = readYaml("kintsugi.yaml", text);
  return { tables: namedTables(loaded.config), problems: verifyColumns(loaded.config, known, source) };
}

const check = (body: string): string => `phases:\n  raw:\n    checks:\n      sales: { table: raw.sales, ${body} }\n`;
const count = 'metrics: { m: { count: "*", fail: "< 1" } }';

test.for<[name: string, text: string, offending: string, nearest: string | undefined]>([
  ["a day", check(`day: ▸dya, ${count}`), "dya", "Day"],
  ["an entity", check(`entity: ▸store, ${count}`), "store", undefined],
  ["a metric's column", check('metrics: { m: { null_rate: ▸prise, fail: "> 5%" } }'), "prise", "price"],
  ["one of two columns", check('metrics: { m: { duplicate_count: [shop, ▸pric], fail: "> 0" } }'), "pric", "price"],
  ["a list of one", check('metrics: { m: { count: [▸pric], fail: "> 0" } }'), "pric", "price"],
  ["a column that is masked", check(`mask: [shop, ▸pric], ${count}`), "pric", "price"],
  ["the calendar's day", "calendar: { table: plan, day: ▸dai, entity: shop }\n", "dai", "day"],
  ["the calendar's entity", "calendar: { table: plan, day: day, entity: ▸shp }\n", "shp", "shop"],
  ["the calendar's start", "calendar: { table: plan, day: day, entity: shop, starts: ▸opnes }\n", "opnes", "opens"],
])("a column that is not there is told with its place: %s", ([, text, offending, nearest]) => {
  const { problems } = judge(text);
  const before = (head + text).split(MARK)[0]!.split("\n");
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject({ line: before.length, column: before.at(-1)!.length + 1 });
  expect(problems[0]!.message).toContain("is no column of");
  expect(problems[0]!.offending).toBe(offending);
  expect(problems[0]!.nearest).toBe(nearest);
  expect(problems[0]!.allowed).toHaveLength(3);
});

test.for<[name: string, text: string, message: string]>([
  ["a sum of text", check('metrics: { m: { sum: ▸shop, fail: "< 1" } }'), "shop is text: sum needs a number"],
  ["the least day", check('metrics: { m: { min: ▸Day, fail: "< 1" } }'), "Day is a date: min needs a number"],
  ["an age of a number", check('metrics: { m: { age: ▸price, fail: "> 1h" } }'), "price is no time: age needs a time"],
  ["a table that is not there", check(count).replace("raw.sales", "▸gone"), "gone is no table of the warehouse"],
])("what can never be computed is told with its place: %s", ([, text, message]) => {
  const before = (head + text).split(MARK)[0]!.split("\n");
  expect(judge(text).problems).toMatchObject([{ line: before.length, column: before.at(-1)!.length + 1, message }]);
});

test.for<[name: string, text: string]>([
  ["in other letters", check('day: DAY, entity: Shop, metrics: { m: { sum: PRICE, fail: "< 1" } }')],
  ["all rows", check(count)],
  ["of a table that could not be asked", check('metrics: { m: { sum: x, fail: "< 1" } }').replace("raw.sales", "raw.later")],
  ["of a statement", "phases: { raw: { checks: { c: { sql: select 1 as x, metrics: { x: { fail: '< 1' } } } } } }\n"],
  ["in SQL", check("where: nonsense > 1, " + count)],
])("no problem is a column %s", ([, text]) => {
  expect(judge(text).problems).toEqual([]);
});

test("each table is asked once, and a column from the environment is shown as it is written", () => {
  const text = `calendar: { table: plan, day: day, entity: shop }\n${check('day: "${DAY}", metrics: { m: { sum: price, fail: "< 1" } }')}`;
  const { tables, problems } = judge(text, { DAY: "xoxb-1" });
  expect(tables).toEqual(["plan", "raw.sales"]);
  expect(problems).toMatchObject([
    { path: "phases.raw.checks.sales.day", message: "${DAY} is no column of raw.sales", offending: "${DAY}" },
  ]);
  expect(JSON.stringify(problems)).not.toContain("xoxb");
});
