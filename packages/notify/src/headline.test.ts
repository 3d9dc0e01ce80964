import type { BadDay, IncidentChanged } from "@kintsugi/events/alerts";
import { expect, test } from "vitest";
import { dayNames, headlineOf, ordinal } from "./headline.ts";
import { sampleIncident } from "./sample-incident.ts";

const days = (...names: readonly string[]): BadDay[] => names.map((day) => ({ day, what: "missing b", who: [] }));
const headline = (change: Partial<IncidentChanged>): string => headlineOf(sampleIncident(change), "Europe/Berlin");
const resolved = { state: "resolved", resolved: "2026-11-24T08:10:00.000Z", change: "resolved" } as const;

test.for<[name: string, change: Partial<IncidentChanged>, line: string]>([
  ["says how bad, what, and since when", {}, "critical: Phase 2 · raw data: boxscores fails · since 24 Nov 07:30 CET"],
  [
    "names the bad day",
    { severity: "red", days: days("2026-11-23") },
    "red: Phase 2 · raw data: boxscores fails for 2026-11-23 · since 24 Nov 07:30 CET",
  ],
  [
    "names two bad days, the older first",
    { days: days("2026-11-24", "2026-11-23") },
    "critical: Phase 2 · raw data: boxscores fails for 2026-11-23 and 2026-11-24 · since 24 Nov 07:30 CET",
  ],
  [
    "says that it is not the first time",
    { again: { times: 3, resolved: "2026-11-23T10:30:00.000Z" } },
    "critical: Phase 2 · raw data: boxscores fails · since 24 Nov 07:30 CET · again: 3rd time in 7 days, last resolved 20 h ago",
  ],
  [
    "says that it comes and goes",
    { flapping: true },
    "critical: Phase 2 · raw data: boxscores fails · since 24 Nov 07:30 CET · flapping: it opens and resolves again and again",
  ],
  [
    "says from when to when it was, and no severity that calls for anything",
    { ...resolved, flapping: true, again: { times: 3, resolved: "2026-11-23T10:30:00.000Z" } },
    "resolved: Phase 2 · raw data: boxscores fails · from 24 Nov 07:30 to 09:10 CET",
  ],
])("the headline %s", ([, change, line]) => {
  expect(headline(change)).toBe(line);
});

test("what was given up does not read as mended", () => {
  expect(headline({ ...resolved, change: "given_up", holes: days("2026-11-23") })).toBe(
    "given up, not mended: Phase 2 · raw data: boxscores fails for 2026-11-23 · from 24 Nov 07:30 to 09:10 CET",
  );
});

test("one that is mended says which days of an earlier one are not", () => {
  expect(headline({ ...resolved, holes: days("2026-11-16") })).toBe(
    "resolved, but not mended for 2026-11-16: Phase 2 · raw data: boxscores fails · from 24 Nov 07:30 to 09:10 CET",
  );
});

test("a title of others stays on its line and keeps no secret", () => {
  expect(headline({ title: "a\nb token=abcdefgh" })).toMatch(/^critical: a b token=\*{4} · since/);
});

test.for<[names: readonly string[], shown: string]>([
  [["2026-11-23"], "2026-11-23"],
  [["2026-11-24", "2026-11-23"], "2026-11-23 and 2026-11-24"],
  [["2026-11-21", "2026-11-22", "2026-11-23"], "2026-11-21, 2026-11-22, 2026-11-23"],
  [["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24"], "2026-11-20, 2026-11-21, 2026-11-22 and 2 more"],
])("the days %s are named as %s", ([names, shown]) => {
  expect(dayNames(days(...names))).toBe(shown);
});

test.for<[count: number, shown: string]>([
  [1, "1st"],
  [2, "2nd"],
  [3, "3rd"],
  [4, "4th"],
  [11, "11th"],
  [12, "12th"],
  [13, "13th"],
  [21, "21st"],
  [22, "22nd"],
  [112, "112th"],
])("%i is %s", ([count, shown]) => {
  expect(ordinal(count)).toBe(shown);
});
