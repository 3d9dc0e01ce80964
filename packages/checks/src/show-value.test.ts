import { boundOf } from "@kintsugi/config/condition-holds";
import { exactOf } from "@kintsugi/config/exact";
import { parsePlainCondition } from "@kintsugi/config/units";
import { expect, test } from "vitest";
import { showAgainst, showCondition, type Told } from "./show-value.ts";
import { valueOf } from "./value.ts";

const told = (text: string, expected?: number): Told => {
  const condition = parsePlainCondition(text)!;
  return { condition, bound: boundOf(condition, expected) };
};

test.for<[condition: string, value: number, expected: number | undefined, shown: string]>([
  ["< 2 * expected", 46, 24, "46 < 48 (2 * expected)"],
  ["< expected", 3, 4, "3 < 4 (expected)"],
  ["> 1%", 0.031, undefined, "3.1 % > 1 %"],
  ["> 7%", 0.0712, undefined, "7.1 % > 7 %"],
  ["> 1%", 0.010_4, undefined, "1.04 % > 1 %"],
  ["> 1.04%", 0.010_49, undefined, "1.05 % > 1.04 %"],
  ["< 1.04%", 0.010_38, undefined, "1 % < 1.04 %"],
  [">= 5%", 0.05, undefined, "5 % >= 5 %"],
  ["> 5%", 0.050_000_000_000_000_01, undefined, "5.000000000000001 % > 5 %"],
  ["> 3h", 18_660, undefined, "5 h 11 min > 3 h"],
  ["> 3h", 10_820, undefined, "3 h 20 s > 3 h"],
  ["> 3h", 10_800.3, undefined, "10800.3 s > 3 h"],
  ["> 90s", 100, undefined, "2 min > 1 min 30 s"],
  ["> 90s", 95, undefined, "2 min > 1 min 30 s"],
  ["> 2m", 130, undefined, "2 min 10 s > 2 min"],
  ["> 30s", 31, undefined, "31 s > 30 s"],
  ["> 30s", 29.99, undefined, "29.99 s > 30 s"],
  ["> 0.05", 0.050_01, undefined, "0.05001 > 0.05"],
  ["< 5", 4.999_99, undefined, "4.99999 < 5"],
  ["> 5", 12.345_678, undefined, "12.3457 > 5"],
  ["outside 5 .. 20", 20.000_01, undefined, "20.00001 outside 5 .. 20"],
  ["outside 1% .. 5%", 0.07, undefined, "7 % outside 1% .. 5%"],
])("a value against %s is told in its unit, and never looks like its threshold: %d", ([text, value, expected, shown]) => {
  expect(showAgainst(told(text, expected), valueOf(exactOf(value)))).toBe(shown);
});

test("without a number that is expected the condition stands as it was written", () => {
  expect(showCondition({ ...told("< 2 * expected"), bound: undefined })).toBe("< 2 * expected");
});
