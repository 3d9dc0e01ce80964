import { expect, test } from "vitest";
import { namesDay } from "./day-parameter.ts";

test.for<[sql: string, named: boolean]>([
  ["select count(*) from t where d = @day", true],
  ["select @day", true],
  ["select count(*) from t where d between @day and @day + 1", true],
  ["(@day)", true],
  ["select count(*) from t", false],
  ["select @days", false],
  ["select @day_of_week", false],
  ["select @@day", false],
  ["select 'x@day'", false],
])("%j names the judged day: %s", ([sql, named]) => {
  expect(namesDay(sql)).toBe(named);
});
