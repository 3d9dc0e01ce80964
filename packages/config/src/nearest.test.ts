import { expect, test } from "vitest";
import { nearestOf } from "./nearest.ts";

test.for<[given: string, names: readonly string[], nearest: string | undefined]>([
  ["schedule", ["slack", "schedules"], "schedules"],
  ["rwa", ["scrape", "raw"], "raw"],
  ["SHOP", ["day", "shop"], "shop"],
  ["xyzzy", ["gates", "phases"], undefined],
  ["abcde", ["abcxy"], "abcxy"],
  ["abcde", ["abxyz"], undefined],
  ["2", ["1"], undefined],
  ["", ["a"], undefined],
])("of %j among %j is meant %j", ([given, names, nearest]) => {
  expect(nearestOf(given, names)).toBe(nearest);
});
