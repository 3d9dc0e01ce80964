import type { Config } from "@kintsugi/config/model";
import type { Documents } from "@kintsugi/ports/documents";
import type { JsonObject } from "@kintsugi/ports/json";
import { expect, test } from "vitest";
import { readHeals } from "./heals.ts";

const config = { healers: [{ name: "closing", limits: { perTarget: 3 } }] } as unknown as Config;
const target = (name: string, attempts: number, proof?: string): JsonObject => ({
  healer: "closing",
  target: name,
  attempts,
  lastActMs: 60_000,
  ...(proof === undefined ? {} : { failed: { proof, healingId: `heal_${name}` } }),
});
const pending = { healer: "closing", target: "waiting", healingId: "heal_w", attempt: 2, actedMs: 120_000 };

function stored(collections: Readonly<Record<string, readonly JsonObject[]>>): Pick<Documents, "list"> {
  return { list: async (name) => (collections[name] ?? []).map((data, index) => ({ id: String(index), data, version: "1" })) };
}

test("targets stand by what became of their last heal; one that waits for its proof stands once", async () => {
  const targets = [
    target("waiting", 2),
    target("lost", 3, "open again"),
    target("failed", 1, "still thin"),
    target("fine", 1),
    { odd: true },
  ];
  const heals = await readHeals(stored({ kintsugi_heal_targets: targets, kintsugi_heal_pending: [pending] }), config);
  expect(heals.map((heal) => [heal.target, heal.state, heal.healing_id, heal.what])).toEqual([
    ["failed", "failed", "heal_failed", "still thin"],
    ["fine", "remembered", null, null],
    ["lost", "given_up", "heal_lost", "open again"],
    ["waiting", "pending", "heal_w", null],
  ]);
});
