/** Prices against sums done by hand. */

import { expect, test } from "vitest";
import { billedMs, billOf, messageBytes, rowBytes, totalOf } from "./prices.ts";

const nothing = { reads: 0, writes: 0, deletes: 0, busBytes: 0, requests: 0, instanceMs: 0, rowBytes: 0, queriedBytes: 0, jobs: 0 };

test.for([
  ["a million documents read", { reads: 1e6 }, 0.3],
  ["a million documents written", { writes: 1e6 }, 0.9],
  ["a million documents deleted", { deletes: 1e6 }, 0.1],
  ["a TiB of messages", { busBytes: 1024 ** 4 }, 40],
  ["a million requests", { requests: 1e6 }, 0.4],
  ["an hour of 1 vCPU and 512 MiB", { instanceMs: 3_600_000 }, 0.0909],
  ["a GB of rows", { rowBytes: 1e9 }, 0.05],
  ["a query of one small table", { queriedBytes: 10 * 1024 ** 2 }, 0.0000596],
  ["six jobs", { jobs: 6 }, 0.6],
] as const)("%s", ([, used, dollars]) => {
  expect(totalOf(billOf({ ...nothing, ...used }))).toBeCloseTo(dollars, 7);
});

test.for([
  [0, 100],
  [1, 100],
  [100, 100],
  [100.1, 200],
])("%s ms are billed as %i", ([ms, billed]) => {
  expect(billedMs(ms!)).toBe(billed);
});

test("small messages and rows count for the least that is billed, large ones for what they are", () => {
  expect(messageBytes({ attributes: { "ce-id": "1" }, data: new Uint8Array(10) })).toBe(1_000);
  expect(messageBytes({ attributes: { "ce-id": "é" }, data: new Uint8Array(2_000) })).toBe(2_007);
  expect(rowBytes({ id: 1 })).toBe(1_024);
  expect(rowBytes({ id: "x".repeat(2_000) })).toBe(2_009);
});
