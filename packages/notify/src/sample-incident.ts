/** An incident in the words of the canary, for tests of what people are told. */

import type { IncidentChanged } from "@kintsugi/events/alerts";

const opened = "2026-11-24T06:30:00.000Z";

const sample: IncidentChanged = {
  key: "canary:raw.boxscores",
  subject: { kind: "check", phase: "raw", check: "boxscores" },
  state: "open",
  severity: "critical",
  revision: 1,
  title: "Phase 2 · raw data: boxscores fails",
  facts: ["games: 7 < 11 (expected): missing g04, g07, g09, g11"],
  next: ["kintsugi why canary:raw.boxscores"],
  channel: "canary",
  post: true,
  opened,
  last_seen: opened,
  count: 1,
  days: [],
  holes: [],
  explains: [],
  flapping: false,
  change: "opened",
  remarks: [],
};

export function sampleIncident(change: Partial<IncidentChanged> = {}): IncidentChanged {
  return { ...sample, ...change };
}
