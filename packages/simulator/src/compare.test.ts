import { expect, test } from "vitest";
import { numberHolds, valueHolds } from "./compare.ts";

test.for<[wanted: number | string, seen: number, holds: boolean]>([
  [3, 3, true],
  [3, 4, false],
  [">= 2", 2, true],
  [">= 2", 1, false],
  ["> 2", 2, false],
  ["<= 2", 2, true],
  ["< 2", 2, false],
  ["= 2", 2, true],
  ["2", 2, true],
  ["!= 2", 3, true],
  ["!= 2", 2, false],
  [">=2", 2, true],
  ["> -1", 0, true],
  ["> 0.5", 0.6, true],
  ["many", 3, false],
])("wanted %j, seen %d: %s", ([wanted, seen, holds]) => {
  expect(numberHolds(wanted, seen)).toBe(holds);
});

test.for<[name: string, wanted: unknown, seen: unknown, holds: boolean]>([
  ["what is not named is free", { state: "open" }, { state: "open", count: 3 }, true],
  ["what is named must be there", { state: "open", count: 3 }, { state: "open" }, false],
  ["a number inside may be compared", { count: ">= 3" }, { count: 3 }, true],
  ["a number inside must hold", { count: ">= 3" }, { count: 2 }, false],
  ["a list holds item by item", [1, ">= 2"], [1, 5], true],
  ["a longer list does not", [1], [1, 2], false],
  ["a shorter list does not", [1, 2], [1], false],
  ["one instant in two forms", "2026-02-05T14:00:00Z", "2026-02-05T09:00:00.000-05:00", true],
  ["two instants", "2026-02-05T14:00:00Z", "2026-02-05T14:00:01Z", false],
  ["a number from the warehouse as text", 3, "3", true],
  ["an empty text is not zero", 0, "", false],
  ["what is wanted as null may be absent", null, undefined, true],
  ["null is null", null, null, true],
  ["null is not zero", null, 0, false],
  ["a big number", 3, 3n, true],
  ["a truth is no text", true, "true", false],
  ["an object is not null", { a: 1 }, null, false],
])("%s", ([, wanted, seen, holds]) => {
  expect(valueHolds(wanted, seen)).toBe(holds);
});
