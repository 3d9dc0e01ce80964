import fc from "fast-check";
import { expect, test } from "vitest";
import type { Condition } from "./model.ts";
import { DURATION, durationMs, parseCondition, PERCENT, percentRatio, SIZE, sizeBytes } from "./units.ts";

test.for<[text: string, ms: number]>([
  ["90s", 90_000],
  ["15m", 900_000],
  ["2h", 7_200_000],
  ["7d", 604_800_000],
  ["1.5h", 5_400_000],
])("%s lasts %i ms", ([text, ms]) => {
  expect(DURATION.test(text)).toBe(true);
  expect(durationMs(text)).toBe(ms);
});

test.for([["5"], ["5 m"], ["m"], ["-5m"], ["5min"], ["1h30m"], ["5M"], [" 5m"]])("%j is no duration", ([text]) => {
  expect(DURATION.test(text!)).toBe(false);
});

test.for<[text: string, bytes: number]>([
  ["10 GB", 10_000_000_000],
  ["10GB", 10_000_000_000],
  ["500 MB", 500_000_000],
  ["1 KiB", 1_024],
  ["2 TiB", 2_199_023_255_552],
  ["7 B", 7],
])("%s is %i bytes", ([text, bytes]) => {
  expect(SIZE.test(text)).toBe(true);
  expect(sizeBytes(text)).toBe(bytes);
});

test.for([["10"], ["10 gb"], ["GB"], ["10  GB"], ["10 KIB"]])("%j is no size", ([text]) => {
  expect(SIZE.test(text!)).toBe(false);
});

test("a percentage is a share of one", () => {
  expect(percentRatio("90%")).toBe(0.9);
  expect(percentRatio("2.5%")).toBe(0.025);
  expect(PERCENT.test("90 %")).toBe(false);
});

test.for<[text: string, expected: Condition]>([
  ["< 1", { op: "<", value: 1, timesExpected: false, text: "< 1" }],
  ["<= 1", { op: "<=", value: 1, timesExpected: false, text: "<= 1" }],
  [">1.5", { op: ">", value: 1.5, timesExpected: false, text: ">1.5" }],
  [">= -3", { op: ">=", value: -3, timesExpected: false, text: ">= -3" }],
  ["= 0", { op: "=", value: 0, timesExpected: false, text: "= 0" }],
  [" != 0 ", { op: "!=", value: 0, timesExpected: false, text: "!= 0" }],
  ["> 5%", { op: ">", value: 0.05, timesExpected: false, text: "> 5%" }],
  ["> 24h", { op: ">", value: 86_400, timesExpected: false, text: "> 24h" }],
  ["< expected", { op: "<", value: 1, timesExpected: true, text: "< expected" }],
  ["< 0.9 * expected", { op: "<", value: 0.9, timesExpected: true, text: "< 0.9 * expected" }],
  ["< 20*expected", { op: "<", value: 20, timesExpected: true, text: "< 20*expected" }],
  ["outside 5 .. 20", { op: "outside", low: 5, high: 20, text: "outside 5 .. 20" }],
  ["outside 5% .. 9%", { op: "outside", low: 0.05, high: 0.09, text: "outside 5% .. 9%" }],
  ["outside 30m .. 2h", { op: "outside", low: 1_800, high: 7_200, text: "outside 30m .. 2h" }],
  ["> -2 * expected", { op: ">", value: -2, timesExpected: true, text: "> -2 * expected" }],
  ["outside -1.5..2", { op: "outside", low: -1.5, high: 2, text: "outside -1.5..2" }],
])("%j is a condition", ([text, expected]) => {
  expect(parseCondition(text)).toEqual(expected);
});

test.for([
  [""],
  ["5"],
  ["=> 5"],
  ["== 5"],
  ["> "],
  ["> many"],
  ["> 5 * games"],
  ["< expected * 5"],
  ["outside 5"],
  ["outside 5 .. 9%"],
  ["outside 1h .. 2"],
  ["> 1e3"],
])("%j is no condition", ([text]) => {
  expect(parseCondition(text!)).toBeUndefined();
});

test("whatever people write, it is no condition or one with finite numbers; it never throws", () => {
  const words = fc.oneof(
    fc.string(),
    fc.tuple(fc.constantFrom("<", ">=", "outside "), fc.string()).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(words, (text) => {
      const condition = parseCondition(text);
      const numbers = Object.values(condition ?? {}).filter((part) => typeof part === "number");
      expect(numbers.every(Number.isFinite)).toBe(true);
      expect(condition === undefined || "history" in condition || numbers.length > 0).toBe(true);
    }),
  );
});
