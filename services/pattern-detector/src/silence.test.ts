import { parseConfig } from "@kintsugi/config/load";
import { expect, test } from "vitest";
import { isSilent, watchedFunctions } from "./silence.ts";

const at = (time: string): number => Date.parse(`2026-02-05T${time}Z`);
const HALF_HOUR = 30 * 60_000;

test.for<[name: string, since: string, now: string, expected: boolean]>([
  ["one due time has passed", "14:00:00", "14:31:00", false],
  ["the second due time is this instant, and its run may be on its way", "14:00:00", "15:00:00", false],
  ["two due times have passed", "14:00:00", "15:00:01", true],
  ["the start lay between two due times, and both after it have passed", "14:10:00", "15:00:01", true],
  ["the start lay between two due times, and one after it has passed", "14:10:00", "14:59:59", false],
  ["a run by hand counts as heard", "14:45:00", "15:20:00", false],
])("silence every 30 min: %s", ([, since, now, expected]) => {
  expect(isSilent(at(since), HALF_HOUR, at(now))).toBe(expected);
});

function watched(text: string): readonly { name: string; periodMs: number }[] {
  const loaded = parseConfig(`version: 1\npipeline: p\ntimezone: UTC\n${text}`, { file: "/p/kintsugi.yaml", env: {} });
  if (!("config" in loaded)) throw new Error(JSON.stringify(loaded.problems));
  return watchedFunctions(loaded.config);
}

test("a function with nothing to do is not watched", () => {
  expect(watched("phases: { scrape: {} }")).toEqual([{ name: "healing-tracker", periodMs: 3_600_000 }]);
});

test("every scheduled function with work is watched at its period; who ticks cannot watch itself", () => {
  const text = `
phases: { raw: { checks: { t: { sql: select 1 as n, metrics: { n: { fail: "< 1" } } } } } }
drift: { history: { git: . }, deployments: { file: d.json }, services: { worker: { paths: [worker] } } }
healers: { batch_cleanup: { batches: batches } }
schedules: { canary: 15m, drift: 1h }
`;
  expect(watched(text)).toEqual([
    { name: "drift", periodMs: 3_600_000 },
    { name: "canary", periodMs: 900_000 },
    { name: "cleanup", periodMs: 900_000 },
    { name: "healing-tracker", periodMs: 3_600_000 },
  ]);
});
