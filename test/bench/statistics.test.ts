import { expect, test } from "vitest";
import { perSecond, quantile } from "./statistics.ts";

test.for<[name: string, samples: readonly number[], share: number, expected: number]>([
  ["the median of an odd number is the middle one", [9, 1, 5], 0.5, 5],
  ["the median of an even number is the lower of the two", [4, 1, 3, 2], 0.5, 2],
  ["p99 of few is the worst", [1, 2, 30], 0.99, 30],
  ["p99 of a hundred leaves out the worst one", Array.from({ length: 100 }, (_, index) => index + 1), 0.99, 99],
  ["one sample is every quantile", [7], 0.5, 7],
])("%s", ([, samples, share, expected]) => {
  expect(quantile(samples, share)).toBe(expected);
});

test("a rate is by the time that all took, not by the typical one", () => {
  expect(perSecond([10, 10, 80])).toBe(30);
});
