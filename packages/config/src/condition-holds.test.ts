import { expect, test } from "vitest";
import { holds } from "./condition-holds.ts";
import type { PlainCondition } from "./model.ts";

function plain(op: "<" | "<=" | ">" | ">=" | "=" | "!=", value: number): PlainCondition {
  return { op, value, timesExpected: false, text: `${op} ${value}` };
}
function ofExpected(op: "<" | "<=" | ">" | ">=" | "=" | "!=", value: number): PlainCondition {
  return { op, value, timesExpected: true, text: `${op} ${value} * expected` };
}
const outside: PlainCondition = { op: "outside", low: 5, high: 20, text: "outside 5 .. 20" };

test.for<[name: string, condition: PlainCondition, value: number, expected: number | undefined, holds: boolean]>([
  ["4 < 5", plain("<", 5), 4, undefined, true],
  ["5 is not < 5", plain("<", 5), 5, undefined, false],
  ["5 <= 5", plain("<=", 5), 5, undefined, true],
  ["6 is not <= 5", plain("<=", 5), 6, undefined, false],
  ["6 > 5", plain(">", 5), 6, undefined, true],
  ["5 is not > 5", plain(">", 5), 5, undefined, false],
  ["5 >= 5", plain(">=", 5), 5, undefined, true],
  ["4 is not >= 5", plain(">=", 5), 4, undefined, false],
  ["5 = 5", plain("=", 5), 5, undefined, true],
  ["4 is not = 5", plain("=", 5), 4, undefined, false],
  ["4 != 5", plain("!=", 5), 4, undefined, true],
  ["5 is not != 5", plain("!=", 5), 5, undefined, false],
  ["the lower bound is not outside", outside, 5, undefined, false],
  ["the upper bound is not outside", outside, 20, undefined, false],
  ["below the range is outside", outside, 4.9, undefined, true],
  ["above the range is outside", outside, 20.1, undefined, true],
  ["149 of 10 games is below 15 for each", ofExpected("<", 15), 149, 10, true],
  ["150 of 10 games is not below 15 for each", ofExpected("<", 15), 150, 10, false],
  ["what is expected today counts, not the number in the file", ofExpected("<", 15), 60, 4, false],
])("%s", ([, condition, value, expected, wanted]) => {
  expect(holds(condition, value, expected)).toBe(wanted);
});
