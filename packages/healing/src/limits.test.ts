import fc from "fast-check";
import { expect, test } from "vitest";
import { decideLimit, exceedsBlastRadius, type LimitDecision, type TargetHistory } from "./limits.ts";

const minute = 60_000;
const now = Date.parse("2026-02-05T20:00:00Z");
const limits = { perTarget: 3, cooldownMs: 15 * minute, perHour: 20, blastRadius: 0.4 };

test.for<[name: string, history: TargetHistory, actsInLastHour: number, expected: LimitDecision]>([
  ["a new target is healed", { attempts: 0 }, 0, { action: "act" }],
  ["a target is healed up to its limit", { attempts: 2, lastActMs: now - 60 * minute }, 0, { action: "act" }],
  ["at its limit the healer gives up", { attempts: 3, lastActMs: now - 60 * minute }, 0, { action: "give-up", reason: "limit-per-target" }],
  ["a limit that was lowered meanwhile holds", { attempts: 7, lastActMs: now }, 0, { action: "give-up", reason: "limit-per-target" }],
  ["within the cooldown it waits", { attempts: 1, lastActMs: now - 15 * minute + 1 }, 0, { action: "wait", reason: "cooldown" }],
  ["after the cooldown it acts", { attempts: 1, lastActMs: now - 15 * minute }, 0, { action: "act" }],
  ["the twentieth act of an hour is allowed", { attempts: 0 }, 19, { action: "act" }],
  ["the next one waits", { attempts: 0 }, 20, { action: "wait", reason: "per-hour" }],
  ["giving up does not wait for the hour", { attempts: 3 }, 20, { action: "give-up", reason: "limit-per-target" }],
])("%s", ([, history, acts, expected]) => {
  expect(decideLimit(history, limits, { actsInLastHour: acts, isPaused: false, nowMs: now })).toEqual(expected);
});

test.for<[name: string, history: TargetHistory, expected: LimitDecision]>([
  ["nothing new is acted on", { attempts: 0 }, { action: "wait", reason: "paused" }],
  ["a target in its cooldown waits for the pause to end", { attempts: 1, lastActMs: now }, { action: "wait", reason: "paused" }],
  ["a target that was given up on is", { attempts: 3 }, { action: "give-up", reason: "limit-per-target" }],
])("while the healer is paused, %s", ([, history, expected]) => {
  expect(decideLimit(history, limits, { actsInLastHour: 0, isPaused: true, nowMs: now })).toEqual(expected);
});

test.for<[name: string, stalled: number, considered: number, exceeded: boolean]>([
  ["nine of nine may be chance", 9, 9, false],
  ["ten of ten are not", 10, 10, true],
  ["ten of 25 are 40 %, and not more", 10, 25, false],
  ["ten of 24 are more", 10, 24, true],
  ["forty of a hundred are not more", 40, 100, false],
  ["forty-one of a hundred are", 41, 100, true],
  ["none of none", 0, 0, false],
])("a blast radius is more than the share of at least ten stalled: %s", ([, stalled, considered, exceeded]) => {
  expect(exceedsBlastRadius(stalled, considered, limits)).toBe(exceeded);
});

test("a healer that may hit everything is never stopped by its blast radius", () => {
  expect(exceedsBlastRadius(50, 50, { ...limits, blastRadius: 1 })).toBe(false);
});

test("no target is acted on more often than its limit, however often the healer looks", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30), { maxLength: 60 }), (gaps) => {
      let history: TargetHistory = { attempts: 0 };
      let at = now;
      for (const gap of gaps) {
        at += gap * minute;
        if (decideLimit(history, limits, { actsInLastHour: 0, isPaused: false, nowMs: at }).action === "act")
          history = { attempts: history.attempts + 1, lastActMs: at };
      }
      expect(history.attempts).toBeLessThanOrEqual(limits.perTarget);
    }),
  );
});
