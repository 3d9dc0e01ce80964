/** The defaults of kintsugi.yaml, each once. */

import type { Healer } from "./healer.ts";
import type { IncidentPolicy, Schedules, Slack } from "./model.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const defaultIncidents: IncidentPolicy = {
  openAfter: 1,
  closeAfter: 1,
  unknownAfter: 2,
  remindMs: 4 * HOUR,
  reopenMs: HOUR,
  openDaysMs: 7 * DAY,
};

export const defaultSchedules: Schedules = {
  drift: 2 * HOUR,
  canary: 30 * MINUTE,
  cleanup: 15 * MINUTE,
  patterns: 5 * MINUTE,
  reconcile: HOUR,
};

export const defaultChannels: Slack["channels"] = {
  drift: "#deployment-alerts",
  canary: "#canary-alerts",
  gate: "#canary-alerts",
  healing: "#healing-alerts",
  watch: "#monitoring-alerts",
  critical: "#app-error-alerts",
};

export const defaultFields: Healer["fields"] = {
  expected: "expected",
  completed: "completed",
  failed: "failed",
  skipped: "skipped",
  done: "is_complete",
  created: "created_at",
  updated: "updated_at",
};

export const defaultHealer: Omit<Healer, "name" | "batches"> = {
  mode: "auto",
  fields: defaultFields,
  stalledAfterMs: 15 * MINUTE,
  completeAt: 0.9,
  maxAgeMs: 24 * HOUR,
  reasons: { permanent: [], transient: [] },
  verify: { afterMs: 5 * MINUTE },
  limits: { perTarget: 3, cooldownMs: 15 * MINUTE, perHour: 20, blastRadius: 0.4 },
};

/** In the file's own form, so that they read as a user would write them. */
export const defaultPatterns = {
  "healing-frequent": { on: "healing.completed", by: "healing_type", count: ">= 3", within: "1h", severity: "yellow" },
  "healing-systemic": { on: "healing.completed", by: "healing_type", count: ">= 10", within: "24h", severity: "red" },
  "healing-failing": {
    on: "healing.completed",
    by: "healing_type",
    failure_rate: "> 20%",
    min_events: 5,
    within: "24h",
    severity: "critical",
  },
} as const;
