import type { HealStatus } from "@kintsugi/local/heals";
import { expect, test } from "vitest";
import { resolveHeal } from "./resolve-heal.ts";

const heal = (healer: string, target: string, healing_id: string | null = null): HealStatus => ({
  healer,
  target,
  state: "failed",
  healing_id,
  attempts: 1,
  acted: null,
  what: null,
});
const heals = [heal("closing", "batch_1", "heal_1"), heal("closing", "both"), heal("retrying", "both"), heal("closing", "many")];

test.for<[id: string, healer: string | undefined, expected: string]>([
  ["batch_1", undefined, "closing/batch_1"],
  ["heal_1", undefined, "closing/batch_1"],
  ["healer:closing:batch_1", undefined, "closing/batch_1"],
  ["healer:closing:=many", undefined, "closing/many"],
  ["both", "retrying", "retrying/both"],
  ["healer:retrying:both", undefined, "retrying/both"],
])("%s of %s is %s", ([id, healer, expected]) => {
  const found = resolveHeal(heals, id, healer);
  expect(`${found.healer}/${found.target}`).toBe(expected);
});

test.for<[id: string, healer: string | undefined, reason: string]>([
  ["both", undefined, "both is a target of closing and retrying: say which with --healer"],
  ["batch_2", undefined, "no healer remembers batch_2; did you mean batch_1?"],
  ["elsewhere", undefined, "no healer remembers elsewhere; see kintsugi heal list"],
  ["batch_1", "retrying", "retrying does not remember batch_1; see kintsugi heal list"],
])("%s of %s is refused: %s", ([id, healer, reason]) => {
  expect(() => resolveHeal(heals, id, healer)).toThrow(reason);
});
