import { defaultFields } from "@kintsugi/config/defaults";
import type { JsonObject } from "@kintsugi/ports/json";
import { expect, test } from "vitest";
import { stateOf } from "./state-of.ts";

const ids = Array.from({ length: 5_000 }, (_, index) => `player_${index}`);

test.for<[name: string, data: JsonObject, state: JsonObject]>([
  ["holds what the healer knows of", { expected: 3, is_complete: false, owner: "eve" }, { expected: 3, is_complete: false }],
  ["holds what an earlier heal left", { healing_id: "heal_1", auto_completed: true }, { healing_id: "heal_1", auto_completed: true }],
  ["names the members of a list", { completed: ["a", "b"] }, { completed: ["a", "b"] }],
  ["counts those of a long list", { completed: ids }, { completed: { members: 5_000 } }],
  ["counts those of a long map", { skipped: Object.fromEntries(ids.map((id) => [id, "out"])) }, { skipped: { members: 5_000 } }],
  ["counts those of a short list of long ones", { skipped: { a: "x".repeat(2_000), b: "y".repeat(2_000) } }, { skipped: { members: 2 } }],
  ["cuts a long text", { auto_completion_reason: "x".repeat(2_000) }, { auto_completion_reason: `${"x".repeat(1_000)}…` }],
])("a state %s", ([, data, state]) => {
  expect(stateOf(data, { fields: defaultFields })).toEqual(state);
});
