import type { IncidentChanged } from "@kintsugi/events/alerts";
import { subjectKey, type Subject } from "@kintsugi/events/subject";
import { expect, test } from "vitest";
import { openRecord, type RecordChange } from "../test-support/open-record.ts";
import { explain } from "./explain.ts";
import type { Graph } from "./graph.ts";
import type { IncidentRecord } from "./incident-record.ts";

const MINUTE = 60_000;
const NOW = Date.parse("2026-02-05T14:00:00Z");
const raw = { kind: "check", phase: "raw", check: "boxscores" } as const;
const analytics = { kind: "check", phase: "analytics", check: "summary" } as const;
const predictions = { kind: "check", phase: "predictions", check: "active" } as const;
const gate = { kind: "gate", gate: "g" } as const;
const order: readonly Subject[] = [raw, analytics, predictions];
const graph: Graph = {
  runMs: 30 * MINUTE,
  upstreamOf(subject) {
    if (subject.kind === "gate") return [subjectKey(raw)];
    const at = order.findIndex((each) => subjectKey(each) === subjectKey(subject));
    return order.slice(0, Math.max(0, at)).map(subjectKey);
  },
};

type Change = RecordChange & { readonly incident?: Partial<IncidentChanged> };

/** An open incident, so many minutes old. */
function open(subject: Subject, ageMin = 0, { incident, ...change }: Change = {}): IncidentRecord {
  return openRecord(subject, NOW - ageMin * MINUTE, change, incident);
}
const resolved = (subject: Subject): IncidentRecord =>
  open(subject, 60, { incident: { state: "resolved", resolved: new Date(NOW).toISOString() } });
const badDay = (day: string) => ({ days: [{ day, what: "w", who: [], state: "bad" as const, sinceMs: 0 }] });
const unknown = (name: string, ageMin: number, cause = "warehouse", told = false) =>
  open({ kind: "function", function: name }, ageMin, { told, incident: { cause, severity: "yellow" } });
const storm = open({ kind: "storm", channel: "drift", at: "now" }, 0, { targets: ["drift:a"] });

test.for<[name: string, records: readonly IncidentRecord[], said: Readonly<Record<string, string>>]>([
  ["one alone is told", [open(raw)], { "canary:raw.boxscores": "told" }],
  ["info is never told", [open(raw, 0, { incident: { severity: "info" } })], { "canary:raw.boxscores": "quiet" }],
  [
    "a broken phase explains the phases after it, the one furthest upstream all of them",
    [open(raw), open(analytics), open(predictions)],
    {
      "canary:raw.boxscores": "told",
      "canary:analytics.summary": "canary:raw.boxscores",
      "canary:predictions.active": "canary:raw.boxscores",
    },
  ],
  [
    "what is recorded only explains nothing",
    [open(raw, 0, { incident: { severity: "info" } }), open(analytics)],
    { "canary:raw.boxscores": "quiet", "canary:analytics.summary": "told" },
  ],
  [
    "one open for a run before its root may be its consequence",
    [open(raw, 0), open(analytics, 30)],
    { "canary:raw.boxscores": "told", "canary:analytics.summary": "canary:raw.boxscores" },
  ],
  [
    "one open for longer has another reason",
    [open(raw, 0), open(analytics, 31)],
    { "canary:raw.boxscores": "told", "canary:analytics.summary": "told" },
  ],
  [
    "a check explains the gate that waits for the same day",
    [open(raw, 0, badDay("2026-02-04")), open(gate, 0, badDay("2026-02-04"))],
    { "canary:raw.boxscores": "told", "gate:g": "canary:raw.boxscores" },
  ],
  [
    "a day of the gate that is mended while the check is open stays explained",
    [
      open(raw, 0, badDay("2026-02-04")),
      open(gate, 0, {
        ...badDay("2026-01-30"),
        incident: { root: "canary:raw.boxscores", days: [{ day: "2026-01-30", what: "w", who: [] }] },
      }),
    ],
    { "canary:raw.boxscores": "told", "gate:g": "canary:raw.boxscores" },
  ],
  [
    "and not one that waits for another day",
    [open(raw, 0, badDay("2026-02-04")), open(gate, 0, badDay("2026-01-30"))],
    { "canary:raw.boxscores": "told", "gate:g": "told" },
  ],
  [
    "unknowns of one cause are told by the first",
    [unknown("canary", 30), unknown("healing-tracker", 0)],
    { "unknown:canary": "told", "unknown:healing-tracker": "unknown:canary" },
  ],
  [
    "and by the one that people know already, whichever was looked at first",
    [unknown("canary", 0), unknown("healing-tracker", 0, "warehouse", true)],
    { "unknown:canary": "unknown:healing-tracker", "unknown:healing-tracker": "told" },
  ],
  [
    "unknowns of two causes are two",
    [unknown("canary", 30), unknown("drift", 0, "history")],
    { "unknown:canary": "told", "unknown:drift": "told" },
  ],
  [
    "what is told of many explains the single ones",
    [
      open({ kind: "many", healer: "h" }),
      open({ kind: "target", healer: "h", target: "b1" }),
      open({ kind: "target", healer: "other", target: "b1" }),
    ],
    { "healer:h:many": "told", "healer:h:b1": "healer:h:many", "healer:other:b1": "told" },
  ],
  [
    "a storm explains what it lists",
    [storm, open({ kind: "service", service: "a" })],
    { "storm:drift:now": "told", "drift:a": "storm:drift:now" },
  ],
  [
    "but nothing critical",
    [storm, open({ kind: "service", service: "a" }, 0, { incident: { severity: "critical" } })],
    { "storm:drift:now": "told", "drift:a": "told" },
  ],
  [
    "when a root is gone, what it explained waits for its own next look",
    [resolved(raw), open(analytics, 0, { incident: { root: "canary:raw.boxscores" } })],
    { "canary:analytics.summary": "quiet" },
  ],
  [
    "and what nobody looks at again leaves with it",
    [resolved(raw), open(gate, 0, { incident: { root: "canary:raw.boxscores" } })],
    { "gate:g": "leaves" },
  ],
  [
    "one that is silenced before it was told is quiet",
    [open(raw, 0, { silence: { by: "eve", reason: "", severity: "red", untilMs: NOW + 1 } })],
    { "canary:raw.boxscores": "quiet" },
  ],
  [
    "until the silence is over",
    [open(raw, 0, { silence: { by: "eve", reason: "", severity: "red", untilMs: NOW } })],
    { "canary:raw.boxscores": "told" },
  ],
  [
    "or it has got worse than what was silenced",
    [open(raw, 0, { silence: { by: "eve", reason: "", severity: "yellow", untilMs: NOW + 1 } })],
    { "canary:raw.boxscores": "told" },
  ],
])("%s", ([, records, said]) => {
  const explained = explain(new Map(records.map((record) => [record.key, record])), graph, NOW);
  const words = [...explained].map(([key, { record, leaves }]) => [
    key,
    leaves ? "leaves" : (record.incident.root ?? (record.incident.post ? "told" : "quiet")),
  ]);
  expect(Object.fromEntries(words)).toEqual(said);
});

test("a root names what it explains", () => {
  const explained = explain(new Map([open(raw), open(analytics)].map((record) => [record.key, record])), graph, NOW);
  expect(explained.get("canary:raw.boxscores")?.record.incident.explains).toEqual(["canary:analytics.summary"]);
});
