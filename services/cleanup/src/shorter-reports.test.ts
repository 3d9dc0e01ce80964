import { fit } from "@kintsugi/events/fit";
import type { HealerRun } from "@kintsugi/events/runs";
import { expect, test } from "vitest";
import { shorterReports } from "./shorter-reports.ts";

const MAX_BYTES = 16 * 1024;

function reportOf(escalated: number, limited: number, text: string): HealerRun {
  const targets = (count: number) => Array.from({ length: count }, (_, index) => `batch_${index}`);
  return {
    healer: "batch_cleanup",
    verdict: "ok",
    considered: escalated + limited,
    stalled: escalated + limited,
    pending: 0,
    closed: [{ target: "closed", healing_id: "heal_1" }],
    escalated: targets(escalated).map((target) => ({ target, reason: "too-old", text })),
    limited: targets(limited).map((target) => ({ target, reason: "cooldown" })),
  };
}

test.for<[name: string, reports: readonly HealerRun[], escalated: readonly number[], limited: readonly number[]]>([
  ["what fits stays as it is", [reportOf(2, 2, "old")], [2], [2]],
  ["who waits for a limit is missed least", [reportOf(15, 100, "x".repeat(850))], [15], [0]],
  ["words are shortened before names go", [reportOf(50, 100, "x".repeat(5_000))], [50], [0]],
  ["then only the first are named", [reportOf(500, 100, "x".repeat(500))], [20], [0]],
  [
    "with many healers, fewer of each",
    Array.from({ length: 20 }, () => reportOf(50, 100, "x".repeat(500))),
    Array(20).fill(3),
    Array(20).fill(0),
  ],
])("%s", ([, reports, escalated, limited]) => {
  const fitting = fit(reports, shorterReports, MAX_BYTES);
  expect(fitting.map((report) => report.escalated.length)).toEqual(escalated);
  expect(fitting.map((report) => report.limited.length)).toEqual(limited);
  expect(fitting.every(({ closed }) => closed.length === 1)).toBe(true);
  expect(Buffer.byteLength(JSON.stringify(fitting))).toBeLessThanOrEqual(MAX_BYTES);
});
