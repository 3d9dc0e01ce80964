import type { Json } from "@kintsugi/ports/json";
import { expect, test } from "vitest";
import { isSameSetting } from "./same-setting.ts";

test.for<[one: Json, other: Json, same: boolean]>([
  [0, 0, true],
  ["0", 0, true],
  [0, "0", true],
  ["0", "0", true],
  ["1.0", 1, true],
  ["-2", -2, true],
  ["0", 1, false],
  ["", 0, false],
  [" ", 0, false],
  [false, false, true],
  ["false", false, true],
  ["False", false, true],
  ["true", true, true],
  ["false", true, false],
  ["0", false, false],
  [0, false, false],
  ["2Gi", "2Gi", true],
  ["2Gi", 2, false],
  ["1e3", 1_000, false],
  ["12345678901234567890", "12345678901234567891", false],
  [null, null, true],
  [null, 0, false],
  [null, "null", false],
  [null, "", false],
  [["a"], ["a"], true],
  [{ a: 1 }, { a: 2 }, false],
])("%j and %j are the same setting: %j", ([one, other, same]) => {
  expect(isSameSetting(one, other)).toBe(same);
});
