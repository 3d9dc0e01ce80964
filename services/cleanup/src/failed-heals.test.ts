import type { Proof } from "@kintsugi/healing/prove";
import { expect, test } from "vitest";
import { withLook, withProof } from "./failed-heals.ts";
import type { FailedHeal, ProvedHeal, Remembered } from "./heal-store.ts";

const hour = 3_600_000;
const now = Date.parse("2026-02-05T20:15:00Z");
const acted = now - hour / 4;

const failed: FailedHeal = {
  outcome: "ineffective",
  proof: "verify.sql says no",
  healingId: "heal_1",
  attempt: 1,
  actedMs: acted,
  failedBefore: 2,
};
const state = { healer: "h", target: "b", attempts: 1, lastActMs: acted, lastStalledMs: acted };
const known: Remembered = { state, version: "1" };
const knownFailed: Remembered = { state: { ...state, failed }, version: "1" };

function heal(outcome: ProvedHeal["proof"]["outcome"], reason: string): ProvedHeal {
  return {
    ...{ healer: "h", target: "b", runId: "r", healingId: "heal_1", attempt: 1, actedMs: acted, trigger: "t", action: "a" },
    ...{ cause: { code: "c", parameters: {} }, before: {}, requestedId: "q", unclassified: [], mode: "auto", failedBefore: 2 },
    proof: { outcome, reason, after: {}, atMs: now },
  };
}
const released = { healer: "h", target: "b", attempts: 0, lastActMs: acted, lastStalledMs: now, failed };
const longAgo: Remembered = { state: { ...state, lastActMs: now - 24 * hour, lastStalledMs: now - 24 * hour }, version: "1" };

test.for<[name: string, remembered: Remembered | undefined, heal: ProvedHeal, after: Remembered | undefined]>([
  ["one that helped changes nothing", known, heal("effective", "ok"), undefined],
  ["one that helped ends what an earlier one left", knownFailed, heal("effective", "ok"), known],
  ["one that did not help is kept", known, heal("ineffective", "verify.sql says no"), knownFailed],
  [
    "one that nobody could prove is kept",
    known,
    heal("inconclusive", "no table"),
    { state: { ...state, failed: { ...failed, outcome: "inconclusive", proof: "no table" } }, version: "1" },
  ],
  ["one whose target was released is kept, with no attempts", undefined, heal("ineffective", "verify.sql says no"), { state: released }],
  [
    "one that is known only after a day is kept from now on",
    longAgo,
    heal("ineffective", "verify.sql says no"),
    { state: released, version: "1" },
  ],
])("after the proof of a heal: %s", ([, remembered, proved, after]) => {
  expect(withProof(remembered, proved, now)).toEqual(after);
});

test.for<[name: string, remembered: Remembered, proof: Proof, after: Remembered | undefined]>([
  ["it holds by now", knownFailed, { outcome: "effective", reason: "ok" }, known],
  ["it still does not", knownFailed, { outcome: "ineffective", reason: "verify.sql says no" }, undefined],
  [
    "it does not for another reason",
    knownFailed,
    { outcome: "ineffective", reason: "the batch is gone" },
    { state: { ...state, failed: { ...failed, proof: "the batch is gone" } }, version: "1" },
  ],
  ["nobody could look", knownFailed, { outcome: "pending", reason: "away" }, undefined],
  ["there is no failed heal", known, { outcome: "ineffective", reason: "x" }, undefined],
])("after another look at a heal that did not help: %s", ([, remembered, proof, after]) => {
  expect(withLook(remembered, proof)).toEqual(after);
});
