import { afterAll, beforeAll, expect, test } from "vitest";
import { openStageTables, type StageTables } from "./stage-tables.ts";

const story = Date.parse("2020-02-29T23:30:15.250Z");
let nowMs = story;
let tables: StageTables;

beforeAll(async () => {
  tables = await openStageTables("/tmp", () => nowMs);
});
afterAll(() => tables.close());

test.for<[sql: string, value: unknown]>([
  ["current_date", "2020-02-29"],
  ["today()", "2020-02-29"],
  ["now()", "2020-02-29T23:30:15.250Z"],
  ["current_timestamp", "2020-02-29T23:30:15.250Z"],
  ["get_current_timestamp()", "2020-02-29T23:30:15.250Z"],
  ["transaction_timestamp()", "2020-02-29T23:30:15.250Z"],
  ["localtimestamp", "2020-02-29T23:30:15.250Z"],
  ["cast(current_time as varchar)", "23:30:15.25+00"],
  ["cast(localtime as varchar)", "23:30:15.25"],
  ["cast(age(timestamp '2020-02-28') as varchar)", "1 day"],
  ["cast(age(timestamp '2020-02-28', timestamp '2020-02-27') as varchar)", "1 day"],
])("on the stage, %s is the story's", async ([sql, value]) => {
  nowMs = story;
  expect((await tables.warehouse.query(`select ${sql} as told`)).rows).toEqual([{ told: value }]);
});

test("the story's time goes on, also in what a step writes", async () => {
  await tables.change("create table written (moment timestamptz)");
  for (const minutes of [0, 5]) {
    nowMs = story + minutes * 60_000;
    await tables.change("insert into written values (now())");
  }
  const { rows } = await tables.warehouse.query("select moment from written where moment <= now() order by moment");
  expect(rows).toEqual([{ moment: "2020-02-29T23:30:15.250Z" }, { moment: "2020-02-29T23:35:15.250Z" }]);
});
