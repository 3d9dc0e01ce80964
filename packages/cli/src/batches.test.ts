import { expect, test } from "vitest";
import { batchesOf } from "./batches.ts";

test.for<[name: string, events: readonly string[], sizes: readonly number[]]>([
  ["no events", [], []],
  ["few", ["a", "b"], [2]],
  ["many", Array.from({ length: 1_001 }, String), [500, 500, 1]],
  ["large ones", Array.from({ length: 5 }, () => "x".repeat(2_000_000)), [2, 2, 1]],
  ["one that is larger than a batch", ["x".repeat(6_000_000), "a"], [1, 1]],
  ["letters of two bytes", Array.from({ length: 3 }, () => "é".repeat(1_500_000)), [1, 1, 1]],
])("%s go in batches that a request can hold, in their order", ([, events, sizes]) => {
  const batches = batchesOf(events);
  expect(batches.map(({ length }) => length)).toEqual(sizes);
  expect(batches.flat()).toEqual(events);
});
