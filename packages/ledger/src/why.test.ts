import { DuckDBInstance } from "@duckdb/node-api";
import type { EventType } from "@kintsugi/events/catalogue";
import { derivedId, type Event } from "@kintsugi/events/event";
import type { Observation } from "@kintsugi/events/observation";
import { subjectKey, type Subject } from "@kintsugi/events/subject";
import { duckdbLedger } from "@kintsugi/local/duckdb-ledger";
import type { LedgerTables } from "@kintsugi/ports/warehouse";
import { beforeAll, expect, test } from "vitest";
import { appendRows } from "./append-rows.ts";
import { rowOf } from "./rows.ts";
import { localPlace } from "./statements.ts";
import { ledgerTables } from "./tables.ts";
import { why } from "./why.ts";

const start = Date.parse("2026-02-05T00:00:00Z");
let minutes = 0;

function event(id: string, type: EventType, data: object, subject?: string): Event {
  const time = new Date(start + minutes++ * 60_000).toISOString();
  return { id, source: "test", type, ...(subject === undefined ? {} : { subject }), time, data: data } as Event;
}

const check: Subject = { kind: "check", phase: "raw", check: "boxscores" };
const many: Subject = { kind: "target", healer: "closing", target: "many" };

function finding(subject: Subject, facts: readonly string[]): Observation {
  const words = {
    severity: "red" as const,
    title: `${subjectKey(subject)} is bad`,
    facts: [...facts],
    next: [],
    channel: "canary" as const,
  };
  return { subject, verdict: "finding", ...words };
}

function incident(id: string, subject: Subject, more: object = {}): Event {
  const key = subjectKey(subject);
  return event(id, "incident.updated", { key, subject, change: "updated", title: `${key} is bad`, facts: [], remarks: [], ...more }, key);
}

function letter(id: string, said: object, messageId: string): Event {
  const data = Buffer.from(JSON.stringify(said)).toString("base64");
  return event(id, "message.dead_lettered", {
    topic: "operator",
    message_id: messageId,
    reason: "there is no such thing; did you mean another?",
    function: "pattern-detector",
    data,
    bytes: 1,
    attributes: {},
    observations: [],
  });
}

function run(id: string, more: object): Event {
  return event(id, "run.completed", { function: "cleanup", verdict: "ok", counts: {}, observations: [], complete: [], ...more }, "cleanup");
}

function heal(id: string, healer: string): Event {
  return event(
    id,
    "healing.completed",
    {
      healing_id: `heal_${id}`,
      timestamp: "2026-02-05T09:00:00.000Z",
      healing_type: healer,
      trigger_reason: "",
      action_taken: "",
      before_state: {},
      after_state: {},
      success: false,
      metadata: { proof: "the batch is open again" },
      target: "many",
      cause: { code: "unknown" },
      outcome: "ineffective",
      attempt: 1,
      mode: "auto",
      actor: healer,
      hop_count: 0,
    },
    "many",
  );
}

const limited = { healer: "closing", limited: [{ target: "b1", reason: "paused by ann" }], escalated: [] };
const escalated = { healer: "closing", limited: [], escalated: [{ target: "b2", reason: "thin", text: "b2 is below the share" }] };
const decision = (day: string): object => ({ status: "block", consumer: "analytics", gate: "to-load", day, message: `blocked for ${day}` });

const events: readonly Event[] = [
  incident("bad", check, {
    facts: ["2 of 3 games"],
    days: [{ day: "2026-02-04", what: "missing b", who: [] }],
    holes: [{ day: "2026-01-28", what: "missing a", who: [] }],
    remarks: [{ text: "given up: 2026-01-28, missing a", aloud: false }],
  }),
  event("told", "notification.delivered", {
    receiver: "slack",
    key: "canary:raw.boxscores",
    kind: "post",
    channel: "#canary-alerts",
    address: "1712.0001",
  }),
  event("ack", "incident.acknowledged", { incident: "canary:raw.boxscores", actor: "ann", reason: "on it" }),
  letter("letter1", { type: "incident.acknowledged", incident: "canary:raw.boxscoers", actor: "ann" }, "m1"),
  letter("letter2", { type: "gate.waived", gate: "to-laod", entity: "g7" }, "m2"),
  run("seen", { observations: [finding(check, ["2 of 3 games", "missing b"])] }),
  run("good", { observations: [{ subject: check, verdict: "ok" }] }),
  run("left", { healers: [limited, escalated] }),
  event("gate1", "gate.decided", decision("2026-02-04"), "to-load"),
  event("gate2", "gate.decided", decision("2026-02-03"), "to-load"),
  heal("h1", "closing"),
  heal("h2", "another"),
  incident("escaped", many),
  ...["unknown:canary", "watch:drift", "storm:watch:2026-02-05T10:00:00.000Z"].map((key) =>
    event(`of ${key}`, "incident.opened", { key, title: `${key} opened`, change: "opened" }),
  ),
];

let ledger: LedgerTables;

beforeAll(async () => {
  const instance = await DuckDBInstance.create(":memory:");
  ledger = duckdbLedger(async () => await instance.connect(), ledgerTables);
  await appendRows(
    ledger,
    events.map((one) => rowOf(one, start)),
  );
});

test.for<[id: string, story: readonly string[], words: string]>([
  ["canary:raw.boxscores", ["bad", "told", "ack", "seen"], "given up 2026-01-28: missing a"],
  ["canary:raw.boxscores", ["bad", "told", "ack", "seen"], "told slack #canary-alerts (post) as 1712.0001"],
  ["canary:raw.boxscores", ["bad", "told", "ack", "seen"], "ann acknowledged canary:raw.boxscores: “on it”"],
  ["1712.0001", ["told"], "#canary-alerts"],
  ["canary:raw.boxscoers", ["letter1"], "refused by pattern-detector: there is no such thing; did you mean another?"],
  ["gate:to-laod", ["letter2"], "refused"],
  ["m2", ["letter2"], "refused"],
  [derivedId("message", "m1"), ["letter1"], "refused"],
  ["dead-letter:pattern-detector", ["letter1", "letter2"], "refused"],
  ["b1", ["left"], "closing left b1 alone: paused by ann"],
  ["healer:closing:b1", ["left"], "closing left b1 alone: paused by ann"],
  ["healer:another:b1", [], ""],
  ["b2", ["left"], "closing left b2 to a person: b2 is below the share"],
  ["gate:to-load", ["gate1", "gate2"], "block for analytics, day 2026-02-03: blocked for 2026-02-03"],
  ["to-load", ["gate1", "gate2"], "blocked for 2026-02-04"],
  ["healer:closing:=many", ["escaped", "heal_h1"], "proof: the batch is open again"],
  ["heal_h1", ["heal_h1"], "proof: the batch is open again"],
  ["many", ["escaped", "heal_h1", "heal_h2"], "another on many: ineffective"],
  ["unknown:canary", ["of unknown:canary"], "opened: unknown:canary opened"],
  ["watch:drift", ["of watch:drift"], "opened"],
  ["storm:watch:2026-02-05T10:00:00.000Z", ["of storm:watch:2026-02-05T10:00:00.000Z"], "opened"],
])("why %s tells of %j", async ([id, expected, words]) => {
  const story = await why(ledger, localPlace, { id });
  expect(story.map((line) => line.id).sort()).toEqual([...expected].sort());
  expect(story.map((line) => line.text).join("\n")).toContain(words);
});

test("the story of one day leaves out what was said of others", async () => {
  const story = await why(ledger, localPlace, { id: "gate:to-load", day: "2026-02-03" });
  expect(story.map(({ id }) => id)).toEqual(["gate2"]);
  expect((await why(ledger, localPlace, { id: "canary:raw.boxscores", day: "2026-01-28" })).map(({ id }) => id)).toEqual(["bad"]);
});
