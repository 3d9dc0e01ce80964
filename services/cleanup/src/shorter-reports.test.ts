import { fit } from "@kintsugi/events/fit";
import type { HealerRun } from "@kintsugi/events/runs";
import { expect, test } from "vitest";
import { shorterReports } from "./shorter-reports.ts";

function reportOf(told: number, refused: number, text: string): HealerRun {
  const targets = (count: number) => Array.from({ length: count }, (_, index) => `batch_${index}`);
  return {
    healer: "batch_cleanup",
    verdict: "ok",
    considered: told + refused,
    sick: told + refused,
    pending: 0,
    closed: [{ target: "closed", healing_id: "heal_1" }],
    told: targets(told).map((target) => ({ target, reason: "too-old", text })),
    refused: targets(refused).map((target) => ({ target, reason: "cooldown" })),
  };
}

test.for<[name: string, reports: readonly HealerRun[], told: readonly number[], refused: readonly number[]]>([
  ["what fits stays as it is", [reportOf(2, 2, "old")], [2], [2]],
  ["who waits for a limit is missed least", [reportOf(50, 100, "x".repeat(850))], [50], [0]],
  ["words are shortened before names go", [reportOf(50, 100, "x".repeat(5_000))], [50], [0]],
  [
    "at last those that need a person are one",
    Array.from({ length: 20 }, () => reportOf(50, 100, "x".repeat(500))),
    Array(20).fill(1),
    Array(20).fill(0),
  ],
])("%s", ([, reports, told, refused]) => {
  const fitting = fit(reports, shorterReports);
  expect(fitting.map((report) => report.told.length)).toEqual(told);
  expect(fitting.map((report) => report.refused.length)).toEqual(refused);
  expect(fitting.every(({ closed }) => closed.length === 1)).toBe(true);
  expect(Buffer.byteLength(JSON.stringify(fitting))).toBeLessThan(48 * 1024);
});
