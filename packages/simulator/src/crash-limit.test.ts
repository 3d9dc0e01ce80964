import { expect, test } from "vitest";
import { type CrashLimit, crashLimit } from "./crash-limit.ts";

function begin(limit: CrashLimit, ...deliveries: readonly (readonly [id: number, attempt: number])[]): boolean {
  limit.restarted();
  limit.taken(deliveries.map(([id, attempt]) => ({ id, attempt })));
  return limit.isReached();
}

test("a delivery that three crashes have hindered is spared, until it is settled", () => {
  const limit = crashLimit();
  expect([begin(limit, [1, 1]), begin(limit, [1, 1]), begin(limit, [1, 1])]).toEqual([false, false, false]);
  expect(begin(limit, [1, 1])).toBe(true);
  limit.settled([1]);
  expect(limit.isReached()).toBe(false);
});

test("what is handled meanwhile does not use up what the others may be hindered", () => {
  const limit = crashLimit();
  for (let crash = 0; crash < 3; crash++) begin(limit, [1, 1], [2, 1]);
  expect(begin(limit, [3, 1])).toBe(false);
  expect(begin(limit, [2, 1])).toBe(true);
});

test("a delivery that comes back after a failure may be hindered anew", () => {
  const limit = crashLimit();
  for (let crash = 0; crash < 3; crash++) begin(limit, [1, 1]);
  expect(begin(limit, [1, 2])).toBe(false);
});
