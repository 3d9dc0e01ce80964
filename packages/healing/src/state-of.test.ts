import { defaultFields } from "@kintsugi/config/defaults";
import type { JsonObject } from "@kintsugi/ports/json";
import { expect, test } from "vitest";
import { stateOf } from "./state-of.ts";

const ids = Array.from({ length: 5_000 }, (_, index) => `player_${index}`);

test.for<[name: string, data: JsonObject, state: JsonObject]>([
  [
    "holds what the healer knows of",
    { expected_players: 3, is_complete: false, owner: "eve" },
    { expected_players: 3, is_complete: false },
  ],
  ["holds what an earlier heal left", { healing_id: "heal_1", auto_completed: true }, { healing_id: "heal_1", auto_completed: true }],
  ["names the members of a list", { completed_players: ["a", "b"] }, { completed_players: ["a", "b"] }],
  ["counts those of a long list", { completed_players: ids }, { completed_players: { members: 5_000 } }],
  [
    "counts those of a long map",
    { skipped_players: Object.fromEntries(ids.map((id) => [id, "out"])) },
    { skipped_players: { members: 5_000 } },
  ],
  [
    "counts those of a short list of long ones",
    { skipped_players: { a: "x".repeat(2_000), b: "y".repeat(2_000) } },
    { skipped_players: { members: 2 } },
  ],
  ["cuts a long text", { auto_completed_reason: "x".repeat(2_000) }, { auto_completed_reason: `${"x".repeat(1_000)}…` }],
])("a state %s", ([, data, state]) => {
  expect(stateOf(data, { fields: defaultFields })).toEqual(state);
});
