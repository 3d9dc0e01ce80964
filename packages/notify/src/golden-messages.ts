/** One message of each kind, in the words that its producer says; what people see of each stands in golden/. */

import type { IncidentChanged, RepairsRecorded } from "@kintsugi/events/alerts";
import { nameSome } from "@kintsugi/events/name-some";
import type { Trouble } from "@kintsugi/events/observation";
import { subjectKey } from "@kintsugi/events/subject";
import { selfObservation } from "@kintsugi/function-kit/self-observation";
import { refusing } from "./refusal.ts";
import { sampleIncident } from "./sample-incident.ts";

const missing = "games: 7 < 11 (expected): missing g04, g07, g09, g11";
const badDay = { day: "2026-11-23", what: missing, who: [] };
const check = sampleIncident({
  facts: [
    missing,
    "rows: 140 < 165 (15 * expected): missing g04, g07, g09, g11",
    "table nba_raw.boxscores, 2026-11-23, 11 expected",
    "warning: boxscores.age: 13 h 5 min > 12 h",
  ],
  runbook: "docs/runbooks/raw.md",
  last_seen: "2026-11-24T08:00:00.000Z",
  count: 4,
  days: [badDay],
});
const held = "blocked: 4 of 11 missing: g04, g07, g09, g11";
const secondDay = { day: "2026-11-24", what: "games: 10 < 11 (expected): missing g12", who: [] };

const over: Partial<IncidentChanged> = { state: "resolved", change: "resolved", resolved: "2026-11-24T08:10:00.000Z", days: [] };
const workers = Array.from({ length: 30 }, (_, index) => `drift:worker-${String(index).padStart(2, "0")}`);
const stuck = Array.from({ length: 40 }, (_, index) => `stuck-${String(index).padStart(2, "0")}`);

/** The incident that opens with what a producer says. */
function said({ subject, severity, title, facts, next, channel, cause }: Omit<Trouble, "verdict">): IncidentChanged {
  const incident = sampleIncident({ key: subjectKey(subject), subject, severity, title, facts, next, channel });
  return cause === undefined ? incident : { ...incident, cause };
}

/** What is told of a target: only its title and facts differ. */
function target(name: string, words: Pick<Trouble, "title" | "facts">): IncidentChanged {
  return said({
    ...words,
    subject: { kind: "target", healer: "batch_cleanup", target: name },
    severity: "red",
    next: [
      `kintsugi doc get prediction_batches/${name}`,
      `kintsugi why ${name}`,
      `kintsugi heal release ${name} --healer batch_cleanup --reason "…"`,
    ],
    channel: "healing",
  });
}

function pattern(name: string, words: Pick<Trouble, "severity" | "title" | "facts" | "next" | "channel">): IncidentChanged {
  return said({ subject: { kind: "pattern", pattern: name, value: "batch_cleanup" }, ...words });
}

/** What a run says of its function, and a notifier of its receiver, is made here as it is made there. */
function observed(observation: ReturnType<typeof selfObservation>): IncidentChanged {
  if (observation.verdict !== "unknown" && observation.verdict !== "finding") throw new Error("that all is well is no message");
  return said(observation);
}

export const goldenIncidents: Readonly<Record<string, IncidentChanged>> = {
  "check-critical": { ...check, explains: ["canary:analytics.summary", "gate:raw-to-clean"] },
  "two-bad-days": { ...check, days: [badDay, secondDay], change: "spread", revision: 2 },
  gate: {
    ...said({
      subject: { kind: "gate", gate: "raw-to-clean" },
      severity: "red",
      title: "gate raw-to-clean holds clean back",
      facts: [held, `raw.boxscores.${missing}`],
      next: ["kintsugi why gate:raw-to-clean"],
      channel: "gate",
    }),
    days: [{ day: "2026-11-23", what: held, who: ["cleaner", "dashboard"] }],
  },
  "gate-cannot-look": {
    ...said({
      subject: { kind: "blind-spot", function: "gate", about: "raw-to-clean" },
      severity: "yellow",
      title: "gate raw-to-clean cannot look",
      facts: ["blocked: the calendar ends on 2026-11-30", "this says nothing about whether the data are well"],
      next: ["kintsugi why unknown:gate:raw-to-clean"],
      channel: "gate",
      cause: "table slots",
    }),
    days: [{ day: "2026-12-01", what: "blocked: the calendar ends on 2026-11-30", who: ["cleaner"] }],
  },
  drift: said({
    subject: { kind: "service", service: "prediction-worker" },
    severity: "critical",
    title: "prediction-worker: serves old code",
    facts: [
      "prediction-worker-00041 serves 3f2c1aa and lacks 2 changes",
      "not deployed: 9b8d7ee1cc read the new feed, 73f58e33aa skip injured players",
      "oldest undeployed change: 3 h 10 min old",
    ],
    next: ["./bin/deploy-service.sh prediction-worker", "kintsugi why drift:prediction-worker"],
    channel: "drift",
  }),
  "pattern-yellow": pattern("healing-frequent", {
    severity: "yellow",
    title: "batch_cleanup healed 3 times in 1 h",
    facts: [
      "3 of 3 worked",
      "last: 05:45Z batch_2 (members_missing); 06:10Z batch_3 (player_injury_out); 06:15Z batch_4 (player_injury_out)",
    ],
    next: ["kintsugi analyze: what is the top cause?", "kintsugi why batch_4: what happened to the last one?"],
    channel: "healing",
  }),
  "pattern-red": pattern("healing-systemic", {
    severity: "red",
    title: "batch_cleanup healed 10 times in 24 h",
    facts: ["9 of 10 worked", "last: 05:45Z batch_8 (ineffective, members_missing); 06:10Z batch_9 (player_injury_out)"],
    next: [
      "kintsugi analyze --since 24h: what is the top cause?",
      "kintsugi why batch_9: what happened to the last one?",
      "remove the cause today: a repair this often is part of the pipeline by now",
    ],
    channel: "healing",
  }),
  "pattern-critical": pattern("healing-failing", {
    severity: "critical",
    title: "batch_cleanup: 40 % of 10 repairs in 24 h did not work",
    facts: [
      "4 of 10 failed; called for at > 20% of at least 5",
      "failed: 01:15Z batch_5 (errored, members_missing); 05:45Z batch_8 (ineffective, members_missing)",
      "the true share is at least 19.4 % (95 % sure)",
    ],
    next: [
      "kintsugi why batch_8: why did the last one not work?",
      'kintsugi pause batch_cleanup --reason "repairs fail": if repairing does harm',
      "repair by hand what must not wait, then remove the cause",
    ],
    channel: "critical",
  }),
  target: target("batch_7", {
    title: "batch_cleanup: batch_7 needs a person: healed 3 times in vain",
    facts: [
      "batch_7 was healed 3 times and is stalled again: the healer gives up, find out who undoes it",
      "heal 3 of 2026-11-24 05:45 UTC is ineffective: the batch is not done any more",
    ],
  }),
  "heal-did-not-help": target("batch_8", {
    title: "batch_cleanup: batch_8 needs a person: its heal did not help",
    facts: [
      "the heal of batch_8 did not help: verify.sql says no",
      "heal 1, closed 2026-11-24 05:45 UTC: ineffective",
      "1 of at most 3 heals are used up",
    ],
  }),
  many: said({
    subject: { kind: "many", healer: "closing" },
    severity: "red",
    title: "closing: 40 batches need a person",
    facts: [`40 stalled below the share: ${nameSome(stuck, 5)}`],
    next: ["kintsugi doc list b", "kintsugi why healer:closing:many"],
    channel: "healing",
  }),
  "blast-radius": said({
    subject: { kind: "blast-radius", healer: "closing" },
    severity: "red",
    title: "closing: 40 of 60 batches are stalled at one time",
    facts: ["nothing is healed while so many are stalled: look for what they share"],
    next: ["kintsugi doc list b", "kintsugi why healer:closing:blast-radius"],
    channel: "healing",
  }),
  unknown: observed(
    selfObservation(
      { name: "canary", channel: "canary" },
      { verdict: "unknown", reason: "warehouse: permission denied on nba_raw", cause: "warehouse" },
    ),
  ),
  silence: said({
    subject: { kind: "silence", function: "cleanup" },
    severity: "red",
    title: "cleanup is silent",
    facts: ["last heard 2026-11-24T06:00Z; it is due every 15 min"],
    next: ["kintsugi status"],
    channel: "watch",
  }),
  "slack-refuses": observed(
    refusing(
      { notifier: "slack-notifier", name: "slack", manner: "edits", takesFirstVersion: true },
      {
        channel: "#alerts",
        reason: "slack: #alerts: channel_not_found: create the channel, or invite the app with /invite",
        about: "slack #alerts",
      },
    ),
  ),
  "work-needs-a-person": said({
    subject: { kind: "dead-letter", function: "cleanup" },
    severity: "red",
    title: "cleanup could not handle a message, and a person is needed",
    facts: ["documents: permission denied"],
    next: ["kintsugi dead-letters show 5c1f", "mend the cause, then kintsugi dead-letters replay 5c1f"],
    channel: "watch",
  }),
  storm: {
    ...said({
      subject: { kind: "storm", channel: "drift", at: check.opened },
      severity: "red",
      title: "30 incidents opened at once",
      facts: [`red: ${nameSome(workers.slice(0, 2))}`, `yellow: ${nameSome(workers.slice(2))}`],
      next: ["kintsugi status"],
      channel: "drift",
    }),
    explains: workers,
  },
  resolved: { ...check, ...over },
  "resolved-with-a-hole": { ...check, ...over, change: "given_up", holes: [badDay] },
  again: { ...check, again: { times: 3, resolved: "2026-11-23T10:30:00.000Z" } },
  flapping: { ...check, flapping: true, again: { times: 3, resolved: "2026-11-24T05:50:00.000Z" } },
  acknowledged: { ...check, acknowledged_by: "eve", said: "known", change: "acknowledged" },
  silenced: { ...check, silenced_by: "eve", silenced_until: "2026-11-24T12:00:00.000Z", said: "backfill runs", change: "silenced" },
  "explained-by-another": { ...check, root: "canary:scrape.files", post: false, change: "updated" },
};

export const goldenRepairs: RepairsRecorded = {
  healer: "batch_cleanup",
  day: "2026-02-05",
  revision: 3,
  count: 3,
  last_hour: 2,
  last_24_hours: 3,
  repairs: [
    { time: "2026-02-05T18:10:00.000Z", target: "batch_2", cause: "completion_not_recorded", text: "stalled: 88 done of 88, idle 16 min" },
    {
      time: "2026-02-05T19:05:00.000Z",
      target: "batch_3",
      cause: "player_injury_out",
      text: "stalled: 119 done + 17 skipped of 136, idle 20 min",
    },
    {
      time: "2026-02-05T19:15:00.000Z",
      target: "batch_1",
      cause: "members_missing",
      text: "stalled: 128 done + 8 missing of 136, idle 17 min",
    },
  ],
};
