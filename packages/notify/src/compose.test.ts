import type { IncidentChanged } from "@kintsugi/events/alerts";
import { expect, test } from "vitest";
import { composeIncident, messageKey } from "./compose.ts";
import { sampleIncident } from "./sample-incident.ts";

const incident = sampleIncident({
  key: "healer:closing:slot-1",
  subject: { kind: "target", healer: "closing", target: "slot-1" },
  severity: "red",
  next: ["kintsugi why healer:closing:slot-1", 'kintsugi heal release slot-1 --healer closing --reason "…"'],
  channel: "healing",
});
const setting = { pipeline: "meters", timezone: "Europe/Berlin", phases: [] };
const compose = (change: Partial<IncidentChanged>) => composeIncident({ ...incident, ...change }, setting);
const resolved = { state: "resolved", resolved: "2026-11-24T08:10:00.000Z", change: "resolved" } as const;
const hole = { day: "2026-11-23", what: "missing b", who: [] };

test("steps are said word for word, however long they are", () => {
  const long = `kintsugi gate ask ${"x".repeat(5_000)}`;
  expect(compose({ next: [long] }).steps).toEqual([long]);
});

test.for<[name: string, change: Partial<IncidentChanged>, tone: string]>([
  ["an open one has its severity's", {}, "red"],
  ["a resolved one a good one", resolved, "good"],
  ["a resolved one with a hole does not look done", { ...resolved, holes: [hole] }, "yellow"],
])("of the tones %s", ([, change, tone]) => {
  expect(compose(change).tone).toBe(tone);
});

test.for<[name: string, change: Partial<IncidentChanged>, notes: readonly string[]]>([
  ["pipeline, key and runbook", { runbook: "docs/runbooks/slots.md" }, ["runbook docs/runbooks/slots.md"]],
  ["who has it, and why", { acknowledged_by: "eve", said: "known" }, ["acknowledged by eve: “known”"]],
  [
    "who silenced it, until when and why",
    { silenced_by: "eve", silenced_until: "2026-11-24T11:00:00.000Z", said: "a migration" },
    ["silenced by eve until 24 Nov 12:00 CET: “a migration”"],
  ],
  ["a silence without an end", { silenced_by: "eve" }, ["silenced by eve until it is resolved"]],
])("the small print says %s", ([, change, notes]) => {
  expect(compose(change).notes).toEqual(["pipeline meters", "healer:closing:slot-1", ...notes]);
});

test("one that is over asks for nothing: no steps, no buttons, nobody who has it", () => {
  const message = compose({ ...resolved, acknowledged_by: "eve" });
  expect([message.steps, message.actions, message.mention]).toEqual([[], [], false]);
  expect(message.notes.join()).not.toContain("eve");
});

const names = (change: Partial<IncidentChanged>): readonly string[] => compose(change).actions.map(({ name }) => name);

test("the buttons are those that still do something", () => {
  expect(names({})).toEqual(["acknowledge", "silence", "act"]);
  expect(names({ acknowledged_by: "eve" })).toEqual(["silence", "act"]);
  expect(names({ silenced_by: "eve" })).toEqual(["acknowledge", "act"]);
  expect(names({ subject: { kind: "gate", gate: "raw-to-clean" } })).toEqual(["acknowledge", "silence"]);
});

test("a button carries what it is about", () => {
  expect(compose({}).actions.map(({ value }) => JSON.parse(value) as unknown)).toEqual([
    { incident: "healer:closing:slot-1" },
    { incident: "healer:closing:slot-1" },
    { healer: "closing", target: "slot-1" },
  ]);
});

test("an incident keeps its message's key as it changes, and has another when it opens anew", () => {
  expect(messageKey({ ...incident, opened: "2026-11-25T06:30:00.000Z" })).not.toBe(messageKey(incident));
  expect(compose({ revision: 7, state: "resolved" }).key).toBe(messageKey(incident));
});
