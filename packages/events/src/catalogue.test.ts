import { expect, test } from "vitest";
import { catalogue, type EventType, isEventType } from "./catalogue.ts";
import { topics } from "./topics.ts";

type Data = Record<string, unknown>;

const time = "2026-02-05T20:15:00Z";
const incident = {
  key: "canary:raw.boxscores",
  subject: { kind: "check", phase: "raw", check: "boxscores" },
  state: "open",
  severity: "red",
  revision: 1,
  title: "raw.boxscores: 7 of 11 games",
  facts: ["expected 11, seen 7"],
  next: ["kintsugi why canary:raw.boxscores"],
  channel: "canary",
  post: true,
  opened: time,
  last_seen: time,
  count: 1,
  explains: [],
  change: "opened",
};
const checkResult = {
  phase: "raw",
  check: "boxscores",
  day: "2026-02-04",
  verdict: "ok",
  severity: "red",
  metrics: [{ name: "rows", verdict: "ok", actual: 365 }],
};
const said = { actor: "eve", reason: "break", until: time };

/** One good example of each type, and what breaks it, field by field. */
const examples: Record<EventType, { good: Data; broken: readonly (readonly [name: string, change: Data])[] }> = {
  "run.completed": {
    good: { function: "canary", due: time, started: time, verdict: "ok", counts: { checks: 6 } },
    broken: [
      ["no function", { function: undefined }],
      ["a verdict that is not one of a run's", { verdict: "finding" }],
      ["a due time without a zone", { due: "2026-02-05T20:15:00" }],
      ["a count that is no number", { counts: { checks: "6" } }],
    ],
  },
  "drift.evaluated": {
    good: {
      due: time,
      services: [
        {
          service: "prediction-worker",
          verdict: "finding",
          reason: "behind",
          text: "7 commits behind",
          severity: "critical",
          serving: [{ revision: "worker-00042", commit: "098c464b", traffic: 100 }],
          undeployed: [{ sha: "73f58e33", message: "skip injured players", arrived: time }],
          undeployed_count: 7,
          age_seconds: 3_600,
          settings: [{ name: "min_instances", expected: 0, actual: 1 }],
          command: "./bin/deploy-service.sh prediction-worker",
        },
      ],
    },
    broken: [
      ["no services", { services: undefined }],
      ["a service without a verdict", { services: [{ service: "worker" }] }],
    ],
  },
  "canary.evaluated": {
    good: { due: time, checks: [checkResult], bytes: 10_485_760, dollars: 0.00006 },
    broken: [
      ["an unknown verdict", { checks: [{ ...checkResult, verdict: "fine" }] }],
      ["a day that is no date", { checks: [{ ...checkResult, day: "yesterday" }] }],
      ["bytes below zero", { bytes: -1 }],
    ],
  },
  "gate.decided": {
    good: {
      status: "block",
      can_proceed: false,
      quality_score: 0.64,
      message: "4 of 11 games are missing",
      completeness_pct: 63.6,
      expected_count: 11,
      actual_count: 7,
      missing_items: ["0022500714"],
      quality_issues: [],
      quality_metadata: {},
      gate: "raw-to-analytics",
      day: "2026-02-04",
      consumer: "analytics",
      context: "live",
      verdict: "block",
      severity: "critical",
      checks: [checkResult],
    },
    broken: [
      ["a score above one", { quality_score: 64 }],
      ["a completeness above the whole", { completeness_pct: 101 }],
      ["a status that is none", { status: "maybe" }],
      ["half a game", { expected_count: 10.5 }],
      ["an override without its actor", { override: { reason: "known" } }],
    ],
  },
  "healing.requested": {
    good: { healing_id: "heal_1", healing_type: "batch_cleanup", target: "batch_1", trigger_reason: "stalled" },
    broken: [
      ["no target", { target: undefined }],
      ["an attempt before the first", { attempt: 0 }],
    ],
  },
  "healing.completed": {
    good: { healing_id: "heal_1", timestamp: time, healing_type: "batch_cleanup", success: true, target: "batch_1" },
    broken: [
      ["a success that its outcome denies", { outcome: "ineffective" }],
      ["an effective outcome that is no success", { success: false }],
      ["an unknown outcome", { outcome: "healed", success: false }],
      ["no time", { timestamp: undefined }],
      ["a target with a line break", { target: "batch\n1" }],
      ["a duration below zero", { duration_seconds: -1 }],
      ["a cause without a code", { cause: { parameters: {} } }],
    ],
  },
  "incident.opened": { good: incident, broken: [["a fifth fact", { facts: ["1", "2", "3", "4", "5"] }]] },
  "incident.updated": { good: { ...incident, change: "worse" }, broken: [["an unknown channel", { channel: "#nba-alerts" }]] },
  "incident.resolved": { good: { ...incident, state: "resolved", resolved: time }, broken: [["a state between", { state: "closing" }]] },
  "repairs.recorded": {
    good: {
      healer: "batch_cleanup",
      day: "2026-02-05",
      revision: 1,
      count: 1,
      repairs: [{ time, target: "batch_1", cause: "injured", text: "closed" }],
    },
    broken: [["a day that is a time", { day: time }]],
  },
  "incident.acknowledged": { good: { ...said, incident: "canary:raw.boxscores" }, broken: [["no incident", { incident: undefined }]] },
  "incident.silenced": { good: { ...said, incident: "canary:raw.boxscores" }, broken: [["an end in words", { until: "tomorrow" }]] },
  "mode.set": { good: { ...said, mode: "off-season" }, broken: [["an unknown mode", { mode: "holiday" }]] },
  "healing.paused": { good: { ...said, healer: "batch_cleanup" }, broken: [["a healer without a name", { healer: "" }]] },
  "heal.approved": { good: { ...said, target: "batch_1", healer: "batch_cleanup" }, broken: [["no healer", { healer: undefined }]] },
  "gate.overridden": { good: { ...said, gate: "raw-to-analytics" }, broken: [["no gate", { gate: undefined }]] },
  "notification.delivered": {
    good: { key: "canary:raw.boxscores", revision: 1, kind: "post", channel: "#canary-alerts", ts: "1770322500.000100" },
    broken: [["an unknown kind", { kind: "shout" }]],
  },
  "notification.failed": {
    good: { key: "canary:raw.boxscores", revision: 1, channel: "#canary-alerts", reason: "channel_not_found" },
    broken: [["a revision that is no count", { revision: -1 }]],
  },
  "incident.closed": {
    good: { ...said, incident: "canary:raw.boxscores", day: "2026-02-04" },
    broken: [
      ["no incident", { incident: undefined }],
      ["a day that is a time", { day: time }],
    ],
  },
  "healing.resumed": { good: { ...said, healer: "batch_cleanup" }, broken: [["an end without a zone", { until: "2026-02-05T20:15:00" }]] },
  "heal.released": { good: { ...said, healer: "batch_cleanup", target: "batch_1" }, broken: [["no target", { target: undefined }]] },
  "heal.undone": { good: { ...said, healer: "batch_cleanup", target: "batch_1" }, broken: [["no healer", { healer: undefined }]] },
  "gate.waived": { good: { ...said, gate: "raw-to-analytics", entity: "0022500714" }, broken: [["no entity", { entity: undefined }]] },
  "message.dead_lettered": {
    good: { topic: "healing", message_id: "7", reason: "is not JSON", data: "bm90IGpzb24=", bytes: 8, attributes: {} },
    broken: [["an attribute that is no text", { attributes: { attempt: 3 } }]],
  },
};

const types = Object.keys(catalogue) as EventType[];

test.for(types)("%s accepts an example", (type) => {
  expect(catalogue[type].data.safeParse(examples[type].good)).toMatchObject({ success: true });
});

test.for(types.flatMap((type) => examples[type].broken.map(([name, change]) => ({ type, name, change }))))(
  "$type refuses $name",
  ({ type, change }) => {
    expect(catalogue[type].data.safeParse({ ...examples[type].good, ...change })).toMatchObject({ success: false });
  },
);

test("each topic carries its events and no others", () => {
  const byTopic = Object.fromEntries(topics.map((topic) => [topic, types.filter((type) => catalogue[type].topic === topic)]));
  expect(byTopic).toEqual({
    runs: ["run.completed"],
    drift: ["drift.evaluated"],
    canary: ["canary.evaluated"],
    gate: ["gate.decided"],
    healing: ["healing.requested", "healing.completed"],
    alerts: ["incident.opened", "incident.updated", "incident.resolved", "repairs.recorded"],
    operator: [
      "incident.acknowledged",
      "incident.silenced",
      "incident.closed",
      "mode.set",
      "healing.paused",
      "healing.resumed",
      "heal.approved",
      "heal.released",
      "heal.undone",
      "gate.overridden",
      "gate.waived",
    ],
    delivery: ["notification.delivered", "notification.failed"],
    "dead-letter": ["message.dead_lettered"],
  });
});

test("a healing that says little is an effective first attempt by somebody unknown", () => {
  expect(catalogue["healing.completed"].data.parse(examples["healing.completed"].good)).toEqual({
    healing_id: "heal_1",
    timestamp: time,
    healing_type: "batch_cleanup",
    trigger_reason: "",
    action_taken: "",
    before_state: {},
    after_state: {},
    success: true,
    metadata: {},
    target: "batch_1",
    cause: { code: "unknown" },
    outcome: "effective",
    attempt: 1,
    mode: "auto",
    actor: "unknown",
    hop_count: 0,
  });
});

test.for([["toString"], ["__proto__"], ["healing"], [""], ["healing.completed.v1"]])("%j is no event", ([name]) => {
  expect(isEventType(name!)).toBe(false);
});
