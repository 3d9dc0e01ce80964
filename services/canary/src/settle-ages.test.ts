import type { Judged } from "@kintsugi/checks/evaluate";
import type { Aggregate } from "@kintsugi/config/model";
import type { CheckResult } from "@kintsugi/events/canary";
import { expect, test } from "vitest";
import { settleAges } from "./settle-ages.ts";

type Verdict = CheckResult["verdict"];

function judgedDays(aggregates: readonly Aggregate[], newest: Verdict, again: Verdict): readonly Judged[] {
  const check = { name: "c", metrics: aggregates.map((aggregate) => ({ name: aggregate, aggregate, columns: ["x"] })) };
  return [newest, again].map((verdict, index) => ({ check, isAgain: index > 0, result: { verdict } }) as unknown as Judged);
}

test.for<[name: string, aggregates: readonly Aggregate[], newest: Verdict, again: Verdict, after: Verdict]>([
  ["data come again", ["age"], "ok", "not_applicable", "ok"],
  ["data are still old", ["age"], "finding", "not_applicable", "not_applicable"],
  ["nobody could look", ["age"], "unknown", "not_applicable", "not_applicable"],
  ["nobody could look at the day", ["age"], "ok", "unknown", "unknown"],
  ["other metrics say more", ["age", "count"], "ok", "not_applicable", "not_applicable"],
])("a bad day of a check on ages: %s", ([, aggregates, newest, again, after]) => {
  const judged = settleAges(judgedDays(aggregates, newest, again));
  expect(judged.map(({ result }) => result.verdict)).toEqual([newest, after]);
});
