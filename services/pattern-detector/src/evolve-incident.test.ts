import type { Trouble } from "@kintsugi/events/observation";
import { describe, expect, test } from "vitest";
import { type Evolved, evolveIncident, giveUpDays, type Policy } from "./evolve-incident.ts";
import { type IncidentRecord, newRecord } from "./incident-record.ts";
import type { Look } from "./look.ts";

const subject = { kind: "check", phase: "raw", check: "hours" } as const;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.parse("2026-11-24T06:00:00Z");
const policy: Policy = { openAfter: 1, closeAfter: 1, reopenMs: HOUR };

function trouble(words: Partial<Extract<Trouble, { verdict: "finding" }>> = {}): Trouble {
  return {
    subject,
    verdict: "finding",
    severity: "red",
    title: "raw: hours fails",
    facts: ["rows: 1 < 2"],
    next: [],
    channel: "canary",
    ...words,
  };
}
const bad = (words: Partial<Extract<Trouble, { verdict: "finding" }>> = {}): Look => ({
  subject,
  troubles: [trouble(words)],
  good: [],
  isBlind: false,
});
const good = (...days: readonly (string | undefined)[]): Look => ({
  subject,
  troubles: [],
  good: days.length === 0 ? [undefined] : days,
  isBlind: false,
});

type Step = readonly [afterMs: number, look: Look];

/** Plays looks from nothing on; each line says what changed, and `aloud` where people hear it in the channel. */
function play(steps: readonly Step[], rules: Policy = policy): { said: readonly string[]; record: IncidentRecord } {
  let record = newRecord(subject, "canary");
  const said = steps.map(([afterMs, look]) => {
    const atMs = START + afterMs;
    const evolved: Evolved = evolveIncident(record, look, rules, atMs);
    record = evolved.record;
    const words = evolved.changes.map(({ change, remark }) => `${change}${remark?.aloud === true ? " aloud" : ""}`);
    return `${record.incident?.state ?? "none"}: ${words.join(", ") || "nothing"}`;
  });
  return { said, record };
}

describe("every state meets every verdict", () => {
  test.for<[name: string, steps: readonly Step[], said: readonly string[]]>([
    ["what is well stays unsaid", [[0, good()]], ["none: nothing"]],
    ["a bad look opens", [[0, bad()]], ["open: opened"]],
    [
      "a second one updates",
      [
        [0, bad()],
        [30 * MINUTE, bad()],
      ],
      ["open: opened", "open: updated"],
    ],
    [
      "a good one resolves",
      [
        [0, bad()],
        [HOUR, good()],
      ],
      ["open: opened", "resolved: resolved"],
    ],
    [
      "what is resolved stays unsaid",
      [
        [0, bad()],
        [HOUR, good()],
        [2 * HOUR, good()],
      ],
      ["open: opened", "resolved: resolved", "resolved: nothing"],
    ],
    [
      "soon after its resolution it is the same one, quietly",
      [
        [0, bad()],
        [HOUR, good()],
        [HOUR + 59 * MINUTE, bad()],
      ],
      ["open: opened", "resolved: resolved", "open: reopened"],
    ],
    [
      "soon after, but worse, it is heard",
      [
        [0, bad()],
        [HOUR, good()],
        [HOUR + 59 * MINUTE, bad({ severity: "critical" })],
      ],
      ["open: opened", "resolved: resolved", "open: worse aloud"],
    ],
    [
      "an hour after its resolution it is a new one",
      [
        [0, bad()],
        [HOUR, good()],
        [2 * HOUR, bad()],
      ],
      ["open: opened", "resolved: resolved", "open: opened"],
    ],
    [
      "getting worse is heard once",
      [
        [0, bad()],
        [HOUR, bad({ severity: "critical" })],
        [2 * HOUR, bad({ severity: "critical" })],
      ],
      ["open: opened", "open: worse aloud", "open: updated"],
    ],
    [
      "as bad as before is not worse, after a milder look between",
      [
        [0, bad({ severity: "critical" })],
        [HOUR, bad({ severity: "yellow" })],
        [2 * HOUR, bad({ severity: "critical" })],
      ],
      ["open: opened", "open: updated", "open: updated"],
    ],
    [
      "a new bad day is heard, the known one is not",
      [
        [0, bad({ day: "2026-11-23" })],
        [HOUR, bad({ day: "2026-11-23" })],
        [DAY, bad({ day: "2026-11-24" })],
      ],
      ["open: opened", "open: updated", "open: spread aloud"],
    ],
    [
      "a new target is heard",
      [
        [0, bad({ targets: ["a"] })],
        [HOUR, bad({ targets: ["a", "b"] })],
        [2 * HOUR, bad({ targets: ["b"] })],
      ],
      ["open: opened", "open: spread aloud", "open: updated"],
    ],
    [
      "a look that is older than the last one changes nothing",
      [
        [HOUR, bad()],
        [0, good()],
      ],
      ["open: opened", "open: nothing"],
    ],
    [
      "an older look at another day counts, since days are judged apart",
      [
        [0, bad({ day: "2026-11-22" })],
        [2 * HOUR, bad({ day: "2026-11-23" })],
        [HOUR, good("2026-11-22")],
        [3 * HOUR, good("2026-11-23")],
      ],
      ["open: opened", "open: spread aloud", "open: nothing", "resolved: resolved"],
    ],
    [
      "a good look at another day does not mend this one",
      [
        [0, bad({ day: "2026-11-23" })],
        [DAY, good("2026-11-24")],
        [2 * DAY, good("2026-11-23")],
      ],
      ["open: opened", "open: nothing", "resolved: resolved"],
    ],
    [
      "it is over when the last bad day is good",
      [
        [0, bad({ day: "2026-11-22" })],
        [HOUR, bad({ day: "2026-11-23" })],
        [DAY, good("2026-11-22")],
        [2 * DAY, good("2026-11-23")],
      ],
      ["open: opened", "open: spread aloud", "open: nothing", "resolved: resolved"],
    ],
  ])("%s", ([, steps, said]) => {
    expect(play(steps).said).toEqual(said);
  });
});

test("it opens after open_after bad looks in a row, and resolves after close_after good ones", () => {
  const rules = { ...policy, openAfter: 2, closeAfter: 2 };
  const looks = [bad(), good(), bad(), bad(), good(), bad(), good(), good()];
  const { said } = play(
    looks.map((look, index) => [index * HOUR, look] as const),
    rules,
  );
  expect(said.map((line) => line.split(":")[0])).toEqual(["none", "none", "none", "open", "open", "open", "open", "resolved"]);
});

test("where it may not open now, looks are counted, and it opens with the first that may", () => {
  const muted = play(
    [
      [0, bad()],
      [HOUR, bad()],
    ],
    { ...policy, openAfter: Infinity },
  );
  expect(muted.said).toEqual(["none: nothing", "none: nothing"]);
  expect(muted.record.bad).toBe(2);
});

test("a new one says how often it came and when it went last", () => {
  const { record } = play([
    [0, bad()],
    [HOUR, good()],
    [21 * HOUR, bad()],
  ]);
  expect(record.incident).toMatchObject({
    again: { times: 2, resolved: "2026-11-24T07:00:00.000Z" },
    opened: "2026-11-25T03:00:00.000Z",
    count: 1,
  });
});

test("from its third opening within a day it flaps, and resolves only after 4 h of good looks", () => {
  const steps: Step[] = [
    [0, bad()],
    [HOUR, good()],
    [1.5 * HOUR, bad()],
    [2 * HOUR, good()],
    [2.5 * HOUR, bad()],
  ];
  expect(play(steps).record.incident).toMatchObject({ flapping: true, state: "open" });
  const later: Step[] = [...steps, [3 * HOUR, good()], [4 * HOUR, bad()], [5 * HOUR, good()], [8.9 * HOUR, good()]];
  expect(play(later).said.slice(5)).toEqual(["open: nothing", "open: updated", "open: nothing", "open: nothing"]);
  expect(play([...later, [9 * HOUR, good()]]).said.at(-1)).toBe("resolved: resolved");
});

test("a day that stays bad for too long is given up aloud in the thread, and stands as a hole", () => {
  const { record } = play([[0, bad({ day: "2026-11-23", facts: ["rows: missing b"] })]]);
  expect(giveUpDays(record, 7 * DAY, START + 7 * DAY - 1).changes).toEqual([]);
  const left = giveUpDays(record, 7 * DAY, START + 7 * DAY);
  expect(left.changes).toEqual([{ change: "given_up", remark: { text: "given up: 2026-11-23, rows: missing b", aloud: false } }]);
  expect(left.record).toMatchObject({ incident: { state: "resolved" }, days: [{ day: "2026-11-23", state: "given_up" }] });
  const again = evolveIncident(left.record, bad({ day: "2026-11-23" }), policy, START + 8 * DAY);
  expect(again.record.incident?.state).toBe("resolved");
});

test("what is settled of one day does not hide another", () => {
  const { record } = play([[0, bad({ day: "2026-11-23" })]]);
  const left = giveUpDays(record, DAY, START + DAY).record;
  const next = trouble({ day: "2026-11-25" });
  const look = { subject, troubles: [next], good: [], isBlind: false };
  expect(evolveIncident(left, look, policy, START + 2 * DAY).record.incident?.state).toBe("open");
});
