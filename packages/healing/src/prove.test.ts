import { expect, test } from "vitest";
import { type Evidence, type Proof, proveHeal } from "./prove.ts";

const hour = 3_600_000;

test.for<[name: string, evidence: Evidence, sinceActMs: number, expected: Proof]>([
  [
    "still done is effective",
    { kind: "read", isDone: true, doubt: undefined },
    300_000,
    { outcome: "effective", reason: "the batch is still done" },
  ],
  [
    "still done, and the statement says yes",
    { kind: "read", isDone: true, doubt: undefined },
    300_000,
    { outcome: "effective", reason: "the batch is still done" },
  ],
  [
    "done, and the statement says no",
    { kind: "read", isDone: true, doubt: "verify.sql says no" },
    300_000,
    { outcome: "ineffective", reason: "verify.sql says no" },
  ],
  [
    "opened again",
    { kind: "read", isDone: false, doubt: undefined },
    300_000,
    { outcome: "ineffective", reason: "the batch is not done any more" },
  ],
  [
    "opened again, whatever the statement says",
    { kind: "read", isDone: false, doubt: undefined },
    300_000,
    { outcome: "ineffective", reason: "the batch is not done any more" },
  ],
  ["deleted", { kind: "gone" }, 300_000, { outcome: "ineffective", reason: "the batch is gone" }],
  [
    "nobody could look",
    { kind: "not-readable", reason: "warehouse unavailable", isLasting: false },
    300_000,
    { outcome: "pending", reason: "warehouse unavailable" },
  ],
  [
    "a look that will fail the same way again",
    { kind: "not-readable", reason: "Catalog Error", isLasting: true },
    300_000,
    { outcome: "inconclusive", reason: "Catalog Error" },
  ],
  [
    "nobody could look for almost a day",
    { kind: "not-readable", reason: "warehouse unavailable", isLasting: false },
    24 * hour - 1,
    { outcome: "pending", reason: "warehouse unavailable" },
  ],
  [
    "nobody could look for a day",
    { kind: "not-readable", reason: "warehouse unavailable", isLasting: false },
    24 * hour,
    { outcome: "inconclusive", reason: "warehouse unavailable" },
  ],
  [
    "after any time, what was read decides",
    { kind: "read", isDone: true, doubt: undefined },
    240 * hour,
    { outcome: "effective", reason: "the batch is still done" },
  ],
])("a heal is proved by reading the world again: %s", ([, evidence, sinceActMs, expected]) => {
  expect(proveHeal(evidence, sinceActMs)).toEqual(expected);
});
