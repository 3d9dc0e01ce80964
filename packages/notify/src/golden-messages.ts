/** One message of each kind, as an incident has it; what people see of each stands in golden/. */

import type { IncidentChanged, RepairsRecorded } from "@kintsugi/events/alerts";

type Changes = { readonly [K in keyof IncidentChanged]?: IncidentChanged[K] | undefined };

const opened = "2026-11-24T06:30:00.000Z";

const check: IncidentChanged = {
  key: "canary:raw.boxscores",
  subject: { kind: "check", phase: "raw", check: "boxscores" },
  state: "open",
  severity: "critical",
  revision: 1,
  title: "Phase 2 · raw data: boxscores fails",
  facts: ["games: 7 < 11 expected on 2026-11-23", "missing g04, g07, g09, g11", "nba_raw.boxscores, read up to 24 Nov 07:29 CET"],
  next: ["kintsugi why canary:raw.boxscores"],
  runbook: "docs/runbooks/raw.md",
  channel: "canary",
  post: true,
  opened,
  last_seen: "2026-11-24T08:00:00.000Z",
  count: 4,
  days: [{ day: "2026-11-23", what: "missing g04, g07, g09, g11", who: [] }],
  holes: [],
  explains: [],
  flapping: false,
  change: "opened",
  remarks: [],
};
const secondDay = { day: "2026-11-24", what: "missing g12", who: [] };
const resolved: Changes = { state: "resolved", change: "resolved", resolved: "2026-11-24T08:10:00.000Z", days: [] };
const noDays: Changes = { days: [], runbook: undefined };

/** Leaves out what is undefined. */
function like(change: Changes): IncidentChanged {
  return Object.fromEntries(Object.entries({ ...check, ...change }).filter(([, value]) => value !== undefined)) as IncidentChanged;
}

export const goldenIncidents: Readonly<Record<string, IncidentChanged>> = {
  "check-critical": like({ explains: ["canary:analytics.summary", "gate:raw-to-clean"] }),
  "two-bad-days": like({ days: [...check.days, secondDay], change: "spread", revision: 2 }),
  gate: like({
    key: "gate:raw-to-clean",
    subject: { kind: "gate", gate: "raw-to-clean" },
    severity: "red",
    title: "gate raw-to-clean blocks",
    facts: ["7 of 11 games are good; missing g04, g07, g09, g11", "boxscores: games: 7 < 11 expected"],
    next: ["kintsugi why gate:raw-to-clean"],
    channel: "gate",
    days: [{ day: "2026-11-23", what: "missing g04, g07, g09, g11", who: ["cleaner"] }],
  }),
  drift: like({
    ...noDays,
    key: "drift:prediction-worker",
    subject: { kind: "service", service: "prediction-worker" },
    severity: "yellow",
    title: "prediction-worker serves an old commit",
    facts: ["serves 3f2c1aa, 2 relevant commits behind 9b8d7ee", "100 % of the traffic is on revision prediction-worker-00041"],
    next: ["gcloud run deploy prediction-worker --source workers/prediction"],
    channel: "drift",
  }),
  "pattern-yellow": like({
    ...noDays,
    key: "pattern:repeats:batch_cleanup",
    subject: { kind: "pattern", pattern: "repeats", value: "batch_cleanup" },
    severity: "yellow",
    title: "batch_cleanup healed 3 times in 1 h",
    facts: ["07:10 batch_3: 119 done + 17 skipped of 136 (cause: player_injury_out)", "07:20 batch_4: 88 of 88 (cause: unknown)"],
    next: ["1 cause explains 2 of 3: kintsugi analyze causes --healer batch_cleanup"],
    channel: "healing",
  }),
  "pattern-critical": like({
    ...noDays,
    key: "pattern:failing-repairs:batch_cleanup",
    subject: { kind: "pattern", pattern: "failing-repairs", value: "batch_cleanup" },
    title: "4 of 10 repairs by batch_cleanup failed in 24 h",
    facts: ["40 % > 20 %", "failed: batch_3 (ineffective), batch_5 (errored), batch_8 (ineffective), batch_9 (inconclusive)"],
    next: [
      "kintsugi pause batch_cleanup --reason …",
      "kintsugi why healer:batch_cleanup",
      "mend the cause, then kintsugi resume batch_cleanup",
    ],
    channel: "critical",
  }),
  target: like({
    ...noDays,
    key: "healer:batch_cleanup:batch_7",
    subject: { kind: "target", healer: "batch_cleanup", target: "batch_7" },
    severity: "red",
    title: "batch_cleanup gives up on batch_7",
    facts: ["healed 3 times, the limit, and stalled again each time", "last proof: still open, 119 of 136 done"],
    next: ["look at why its worker stops", "kintsugi heal release batch_cleanup batch_7 --reason …"],
    channel: "healing",
  }),
  many: like({
    ...noDays,
    key: "healer:closing:many",
    subject: { kind: "many", healer: "closing" },
    severity: "red",
    title: "40 batches of closing need a person",
    facts: ["stuck-00, stuck-01, stuck-02, stuck-03, stuck-04 and 35 more", "each: below the share that closing may close (20 % < 95 %)"],
    next: ["kintsugi status"],
    channel: "healing",
  }),
  unknown: like({
    ...noDays,
    key: "unknown:canary",
    subject: { kind: "function", function: "canary" },
    severity: "yellow",
    title: "canary cannot look at anything",
    facts: ["warehouse: permission denied on nba_raw", "this says nothing about whether all is well"],
    next: ["kintsugi why unknown:canary"],
    cause: "warehouse",
  }),
  silence: like({
    ...noDays,
    key: "watch:cleanup",
    subject: { kind: "silence", function: "cleanup" },
    severity: "red",
    title: "cleanup was not heard of",
    facts: ["it was due at 07:15 and 07:30; its last run was at 07:00"],
    next: ["kintsugi run cleanup"],
    channel: "watch",
  }),
  "dead-letter": like({
    ...noDays,
    key: "dead-letter:slack-notifier",
    subject: { kind: "dead-letter", function: "slack-notifier" },
    severity: "red",
    title: "slack refuses messages: #alerts: channel_not_found",
    facts: ["messages for #alerts wait until this is mended, and none is lost"],
    next: ["create the channel, or invite the app with /invite"],
    channel: "watch",
    cause: "slack #alerts",
  }),
  storm: like({
    ...noDays,
    key: "storm:drift:2026-11-24T06:30:00.000Z",
    subject: { kind: "storm", channel: "drift", at: opened },
    severity: "red",
    title: "30 incidents opened within a minute",
    facts: ["2 red: worker-00, worker-01", "28 yellow: worker-02, worker-03, worker-04 and 25 more"],
    next: ["kintsugi status"],
    channel: "drift",
    explains: ["drift:worker-00", "drift:worker-01"],
  }),
  resolved: like({ ...resolved }),
  "resolved-with-a-hole": like({ ...resolved, change: "given_up", holes: check.days }),
  again: like({ again: { times: 3, resolved: "2026-11-23T10:30:00.000Z" } }),
  flapping: like({ flapping: true, again: { times: 3, resolved: "2026-11-24T05:50:00.000Z" } }),
  acknowledged: like({ acknowledged_by: "eve", said: "known", change: "acknowledged" }),
  silenced: like({ silenced_by: "eve", silenced_until: "2026-11-24T12:00:00.000Z", said: "backfill runs", change: "silenced" }),
  "explained-by-another": like({ root: "canary:scrape.files", post: false, change: "updated" }),
};

export const goldenRepairs: RepairsRecorded = {
  healer: "batch_cleanup",
  day: "2026-02-05",
  revision: 3,
  count: 3,
  last_hour: 2,
  last_24_hours: 3,
  repairs: [
    { time: "2026-02-05T18:40:00.000Z", target: "batch_2", cause: "unknown", text: "88 of 88 done" },
    { time: "2026-02-05T19:05:00.000Z", target: "batch_3", cause: "player_injury_out", text: "119 done + 17 skipped of 136" },
    { time: "2026-02-05T19:15:00.000Z", target: "batch_1", cause: "player_injury_out", text: "130 done + 6 skipped of 136" },
  ],
};
