/** Ever shorter forms of what a run says of its healers, for an event that would be too large. What was closed is never left out. Pure. */

import type { HealerRun } from "@kintsugi/events/runs";
import { shorten } from "@kintsugi/events/shorten";

type Reports = readonly HealerRun[];

const MAX_TEXT = 120;

/** `sick` says how many there are, however few of them are named. */
export const shorterReports: readonly ((reports: Reports) => Reports)[] = [
  (reports) => reports.map((report) => ({ ...report, refused: [] })),
  (reports) => reports.map((report) => ({ ...report, told: report.told.map((one) => ({ ...one, text: shorten(one.text, MAX_TEXT) })) })),
  (reports) => reports.map((report) => ({ ...report, told: report.told.length > 1 ? [together(report.told)] : report.told })),
];

/** Many that need a person, as one. */
export function together(told: HealerRun["told"]): HealerRun["told"][number] {
  const first = told.slice(0, 5).map(({ target }) => shorten(target, MAX_TEXT));
  return { target: "many", reason: "many", text: `${told.length} batches need a person, among them ${first.join(", ")}` };
}
