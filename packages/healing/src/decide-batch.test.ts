import { expect, test } from "vitest";
import type { Batch } from "./batch.ts";
import { type BatchDecision, causeOf, decideBatch, describeClose } from "./decide-batch.ts";

const minute = 60_000;
const hour = 60 * minute;
const now = Date.parse("2026-02-05T20:15:00Z");
const policy = { stalledAfterMs: 15 * minute, completeAt: 0.9, maxAgeMs: 24 * hour };

function batch({
  expected = 136,
  completed = 128,
  skipped = {},
  idle = 22 * minute,
  age = 52 * minute,
  isDone = false,
}: {
  expected?: number;
  completed?: number;
  skipped?: Record<string, number>;
  idle?: number;
  age?: number;
  isDone?: boolean;
} = {}): Batch {
  const settled = completed + Object.values(skipped).reduce((sum, count) => sum + count, 0);
  const share = expected === 0 ? 1 : settled / expected;
  return {
    target: "b",
    expected,
    completed,
    skipped,
    settled,
    share,
    unclassified: [],
    isDone,
    createdMs: now - age,
    updatedMs: now - idle,
  };
}

type Row = [name: string, batch: Batch, action: BatchDecision["action"], reason: BatchDecision["reason"]];

test.for<Row>([
  ["a batch that is done needs nothing", batch({ isDone: true }), "none", "done"],
  ["one that is done and very old needs nothing", batch({ isDone: true, age: 90 * hour }), "none", "done"],
  ["one at work needs nothing", batch({ idle: 14 * minute }), "none", "not-stalled"],
  ["a moment before the bound it is at work", batch({ idle: 15 * minute - 1 }), "none", "not-stalled"],
  ["at the bound it is stalled", batch({ idle: 15 * minute }), "close", "settled"],
  ["128 of 136 are above 90 %", batch(), "close", "settled"],
  ["119 of 136 are below 90 %", batch({ completed: 119 }), "escalate", "below-share"],
  ["119 of 136 with 17 skipped are settled", batch({ completed: 119, skipped: { player_injury_out: 17 } }), "close", "settled"],
  ["9 of 10 are 90 %", batch({ expected: 10, completed: 9 }), "close", "settled"],
  ["89 of 100 are not", batch({ expected: 100, completed: 89 }), "escalate", "below-share"],
  ["all skipped is settled too", batch({ expected: 3, completed: 0, skipped: { injured: 3 } }), "close", "settled"],
  ["none of 118 never started", batch({ expected: 118, completed: 0 }), "escalate", "never-started"],
  ["none of none never started", batch({ expected: 0, completed: 0 }), "escalate", "never-started"],
  ["at its greatest age it is still healed", batch({ age: 24 * hour }), "close", "settled"],
  ["past it, it is told, though it is settled", batch({ age: 24 * hour + 1 }), "escalate", "too-old"],
  ["past it, that it never started is no news", batch({ completed: 0, age: 29 * hour, idle: 29 * hour }), "escalate", "too-old"],
  ["an old one that moves is at work", batch({ age: 29 * hour, idle: minute }), "none", "not-stalled"],
  ["one that was touched by a clock ahead of ours is at work", batch({ idle: -minute }), "none", "not-stalled"],
  ["a day ahead it still is", batch({ idle: -24 * hour }), "none", "not-stalled"],
  ["further ahead its times cannot be trusted", batch({ idle: -24 * hour - 1 }), "escalate", "time-ahead"],
  ["nor where only its creation lies ahead", batch({ age: -24 * hour - 1 }), "escalate", "time-ahead"],
  ["of one that is done nobody asks when", batch({ isDone: true, idle: -90 * hour }), "none", "done"],
])("%s", ([, given, action, reason]) => {
  expect(decideBatch(given, policy, now)).toMatchObject({ action, reason });
});

test.for<[batch: Batch, text: string]>([
  [batch({ completed: 119 }), "b is 87.5 % settled (119 of 136), below 90 %: look at the workers"],
  [batch({ expected: 118, completed: 0 }), "b never started (0 of 118): look at who should work on it"],
  [
    batch({ idle: -48 * hour }),
    "b says 2026-02-07T20:15:00.000Z, which is more than a day ahead: mend its times, or the clock that wrote them",
  ],
  [batch({ age: 29 * hour }), "b is 29 h old and not done (128 of 136 settled): close it by hand, or delete it"],
])("what is told says how it stands and what to do", ([given, text]) => {
  expect(decideBatch(given, policy, now)).toHaveProperty("text", text);
});

test.for<[batch: Batch, text: string]>([
  [batch({ completed: 119, skipped: { injured: 17 } }), "119 done + 17 skipped of 136, idle 22 min"],
  [batch(), "128 done + 8 missing of 136, idle 22 min"],
  [batch({ completed: 120, skipped: { injured: 5, resting: 3 } }), "120 done + 8 skipped + 8 missing of 136, idle 22 min"],
  [batch({ completed: 136 }), "136 done of 136, idle 22 min"],
])("what a closed batch says of itself adds up", ([given, text]) => {
  expect(describeClose(given, now)).toBe(text);
});

test.for<[name: string, batch: Batch, cause: ReturnType<typeof causeOf>]>([
  [
    "a reason that outweighs the missing",
    batch({ completed: 119, skipped: { injured: 17 } }),
    { code: "injured", parameters: { skipped: 17, missing: 0 } },
  ],
  [
    "a reason as frequent as the missing",
    batch({ completed: 120, skipped: { injured: 8 } }),
    { code: "injured", parameters: { skipped: 8, missing: 8 } },
  ],
  [
    "the missing that outweigh a reason",
    batch({ completed: 120, skipped: { injured: 7 } }),
    { code: "members_missing", parameters: { missing: 9 } },
  ],
  [
    "the most frequent of the reasons",
    batch({ completed: 119, skipped: { resting: 5, injured: 12 } }),
    { code: "injured", parameters: { skipped: 12, missing: 0 } },
  ],
  [
    "of two alike the first by name, so that it stays the same",
    batch({ completed: 120, skipped: { resting: 8, injured: 8 } }),
    { code: "injured", parameters: { skipped: 8, missing: 0 } },
  ],
  ["members that never reported", batch(), { code: "members_missing", parameters: { missing: 8 } }],
  ["all done, and nobody said so", batch({ completed: 136 }), { code: "completion_not_recorded", parameters: {} }],
])("the cause of a repair is a code that adds up: %s", ([, given, cause]) => {
  expect(causeOf(given)).toEqual(cause);
});
