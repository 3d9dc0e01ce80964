/** Ever shorter forms of what a run says of its healers, for an event that would be too large. What was closed is never left out. Pure. */

import type { HealerRun } from "@kintsugi/events/runs";
import { shorten } from "@kintsugi/events/shorten";

type Reports = readonly HealerRun[];

const MAX_TEXT = 120;

/** What people are told stands in the observations, and `stalled` says how many there are: here the names may go. */
export const shorterReports: readonly ((reports: Reports) => Reports)[] = [
  (reports) => reports.map((report) => ({ ...report, limited: [] })),
  (reports) =>
    reports.map((report) => ({ ...report, escalated: report.escalated.map((one) => ({ ...one, text: shorten(one.text, MAX_TEXT) })) })),
  (reports) => reports.map((report) => ({ ...report, escalated: report.escalated.slice(0, 20) })),
  (reports) => reports.map((report) => ({ ...report, escalated: report.escalated.slice(0, 3) })),
];
