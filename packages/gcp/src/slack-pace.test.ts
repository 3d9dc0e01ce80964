import { expect, test } from "vitest";
import { slackPace } from "./slack-pace.ts";

/** A pace on a clock that goes on when somebody sleeps; `at` says when each call was made. */
function pacing() {
  let nowMs = 0;
  const pace = slackPace({ monotonicMs: () => nowMs, sleep: async (ms) => void (nowMs += ms) });
  const made: number[] = [];
  return {
    pace,
    made,
    wait: (ms: number) => void (nowMs += ms),
    async call(method: string, channel = "#a"): Promise<number> {
      const waitMs = await pace.turn(method, channel);
      if (waitMs === 0) made.push(nowMs);
      return waitMs;
    },
  };
}

/** The most calls in any time so long. */
function most(made: readonly number[], withinMs: number): number {
  return Math.max(...made.map((from) => made.filter((at) => at >= from && at < from + withinMs).length));
}

test.for<[method: string, calls: number, most: number, withinMs: number]>([
  ["chat.postMessage", 20, 1, 1_000],
  ["chat.update", 200, 50, 60_000],
  ["conversations.history", 200, 50, 60_000],
  ["conversations.list", 80, 20, 60_000],
])("%s: %i calls in a row are never more than %i within %i ms, and all are made", async ([method, count, limit, withinMs]) => {
  const { call, made } = pacing();
  while (made.length < count) await call(method);
  expect(most(made, withinMs)).toBeLessThanOrEqual(limit);
});

test("each channel has its own posts, and what has no limit does not wait", async () => {
  const { call, made } = pacing();
  for (const channel of ["#a", "#b", "#c"]) await call("chat.postMessage", channel);
  for (let count = 0; count < 100; count++) await call("auth.test");
  expect(made.every((atMs) => atMs === 0)).toBe(true);
});

test("a turn that is too far away is not waited for, and not taken", async () => {
  const { pace, wait } = pacing();
  const sleepers: number[] = [];
  const stuck = slackPace({ monotonicMs: () => 0, sleep: async (ms) => void sleepers.push(ms) });
  const answers = await Promise.all(Array.from({ length: 8 }, () => stuck.turn("chat.postMessage", "#a")));
  expect(answers.filter((ms) => ms > 0)).toEqual([5_250, 5_250, 5_250]);
  expect(sleepers).toEqual([1_050, 2_100, 3_150, 4_200]);
  expect(await pace.turn("chat.postMessage", "#a")).toBe(0);
  wait(1_050);
  expect(await pace.turn("chat.postMessage", "#a")).toBe(0);
});

test("what Slack has asked to wait holds the whole method in every channel, and no other method", async () => {
  const { pace, call, wait } = pacing();
  pace.hold("chat.postMessage", 30_000);
  expect([await call("chat.postMessage"), await call("chat.postMessage", "#b"), await call("chat.update")]).toEqual([30_000, 30_000, 0]);
  wait(29_999);
  expect(await call("chat.postMessage")).toBe(1);
  wait(1);
  expect(await call("chat.postMessage")).toBe(0);
});
