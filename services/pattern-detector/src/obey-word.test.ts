import type { Trouble } from "@kintsugi/events/observation";
import { expect, test } from "vitest";
import { evolveIncident } from "./evolve-incident.ts";
import { type IncidentRecord, newRecord } from "./incident-record.ts";
import { endSilence, obeyWord, type Word } from "./obey-word.ts";

const NOW = Date.parse("2026-11-24T08:00:00Z");
const HOUR = 3_600_000;
const subject = { kind: "check", phase: "raw", check: "hours" } as const;
const key = "canary:raw.hours";

function opened(...days: readonly string[]): IncidentRecord {
  const words: Trouble = { subject, verdict: "finding", severity: "red", title: "t", facts: ["w"], next: [], channel: "canary" };
  const troubles = days.length === 0 ? [words] : days.map((day) => ({ ...words, day }));
  const policy = { openAfter: 1, closeAfter: 1, reopenMs: HOUR };
  return evolveIncident(newRecord(subject, "canary"), { subject, troubles, good: [], isBlind: false }, policy, NOW - HOUR).record;
}

type Type = Word["type"];

function say(type: Type, data: object = {}): Word {
  return {
    id: "w",
    source: "cli",
    type,
    time: new Date(NOW).toISOString(),
    data: { incident: key, actor: "eve", reason: "known", ...data },
  };
}

const never = newRecord(subject, "canary");
test.for<[name: string, record: IncidentRecord | undefined, word: Word, obeyed: string]>([
  ["an open incident is acknowledged", opened(), say("incident.acknowledged"), "open: acknowledged"],
  ["one that nobody knows is not", undefined, say("incident.acknowledged"), `${key} is not open`],
  ["one that never opened is not", never, say("incident.acknowledged"), `${key} is not open`],
  [
    "an end in the past is refused",
    opened(),
    say("incident.silenced", { until: "2026-11-24T08:00:00Z" }),
    "2026-11-24T08:00:00Z is over already",
  ],
  ["an open incident is silenced", opened(), say("incident.silenced", { until: "2026-11-24T09:00:00Z" }), "open: silenced"],
  ["a whole incident is closed", opened("2026-11-23"), say("incident.closed"), "resolved: closed"],
  ["its last bad day is closed, and it with it", opened("2026-11-23"), say("incident.closed", { day: "2026-11-23" }), "resolved: closed"],
  [
    "one of its days is closed, and it stays",
    opened("2026-11-22", "2026-11-23"),
    say("incident.closed", { day: "2026-11-23" }),
    "open: updated",
  ],
  [
    "a day that is not bad is refused",
    opened("2026-11-23"),
    say("incident.closed", { day: "2026-11-20" }),
    `2026-11-20 is no bad day of ${key}, and no hole`,
  ],
  ["what is neither open nor bad is refused", never, say("incident.closed"), `${key} is not open, and has no bad days`],
  ["of what nobody knows nothing is closed", undefined, say("incident.closed"), `nothing is known of ${key}`],
])("%s", ([, record, word, expected]) => {
  const obeyed = obeyWord(record, word, NOW);
  expect(
    "refused" in obeyed ? obeyed.refused : `${obeyed.record.incident?.state}: ${obeyed.changes.map(({ change }) => change).join()}`,
  ).toBe(expected);
});

test("a closed day is bad no more, whatever is found of it later", () => {
  const obeyed = obeyWord(opened("2026-11-23"), say("incident.closed", { day: "2026-11-23" }), NOW);
  if ("refused" in obeyed) throw new Error(obeyed.refused);
  expect(obeyed.record.days).toMatchObject([{ day: "2026-11-23", state: "closed" }]);
});

test.for<[name: string, untilMs: number | undefined, isSilenced: boolean]>([
  ["a silence lasts until its end", NOW + 1, true],
  ["at its end it is over", NOW, false],
  ["one without an end lasts as long as the incident", undefined, true],
])("%s", ([, untilMs, isSilenced]) => {
  const silence = { by: "eve", reason: "", severity: "red", ...(untilMs === undefined ? {} : { untilMs }) } as const;
  const { record, changes } = endSilence({ ...opened(), silence }, NOW);
  expect([record.silence !== undefined, changes]).toEqual([isSilenced, []]);
});
