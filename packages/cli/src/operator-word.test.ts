import type { Config } from "@kintsugi/config/model";
import type { IncidentStatus } from "@kintsugi/local/status";
import { expect, test } from "vitest";
import { type Known, type Word, wordFault } from "./operator-word.ts";

const incident = (key: string, ...days: readonly string[]): IncidentStatus =>
  ({ key, days: days.map((day) => ({ day, what: "missing b", who: [] })) }) as unknown as IncidentStatus;

const known: Known = {
  status: {
    incidents: [incident("canary:raw.boxscores", "2026-02-03", "2026-02-04"), incident("drift:worker")],
    holes: [{ key: "canary:raw.lines", day: "2026-01-20", what: "missing a" }],
  },
  config: { healers: [{ name: "batch_cleanup" }], gates: [{ name: "raw-to-analytics" }] } as unknown as Config,
};
const said = { actor: "ann", reason: "on it" };

test.for<[word: Word]>([
  [{ type: "incident.acknowledged", incident: "drift:worker" }],
  [{ type: "incident.silenced", incident: "canary:raw.boxscores" }],
  [{ type: "incident.closed", incident: "drift:worker" }],
  [{ type: "incident.closed", incident: "canary:raw.boxscores", day: "2026-02-03" }],
  [{ type: "incident.closed", incident: "canary:raw.lines", day: "2026-01-20" }],
  [{ type: "incident.closed", incident: "canary:raw.lines" }],
  [{ type: "mode.set", mode: "maintenance" }],
  [{ type: "healing.paused" }],
  [{ type: "healing.resumed", healer: "batch_cleanup" }],
  [{ type: "heal.released", healer: "batch_cleanup", target: "batch_1" }],
  [{ type: "gate.overridden", gate: "raw-to-analytics", day: "2026-02-04" }],
  [{ type: "gate.waived", gate: "raw-to-analytics", entity: "0022500714" }],
])("%j can be acted on", ([word]) => {
  expect(wordFault(word, said, known)).toBeUndefined();
});

test.for<[word: Word, fault: string]>([
  [
    { type: "incident.acknowledged", incident: "canary:raw.boxscoers" },
    "there is no open incident canary:raw.boxscoers; did you mean canary:raw.boxscores?",
  ],
  [{ type: "incident.silenced", incident: "x" }, "there is no open incident x; open are canary:raw.boxscores, drift:worker"],
  [
    { type: "incident.acknowledged", incident: "canary:raw.lines" },
    'canary:raw.lines is not open, and 2026-01-20 of it was given up: kintsugi close canary:raw.lines --day 2026-01-20 --reason "…"',
  ],
  [
    { type: "incident.closed", incident: "canary:raw.boxscores", day: "2026-02-01" },
    "2026-02-01 is no bad day of canary:raw.boxscores; there are 2026-02-03, 2026-02-04",
  ],
  [{ type: "incident.closed", incident: "drift:worker", day: "2026-02-01" }, "drift:worker is about no days: close it without --day"],
  [
    { type: "incident.closed", incident: "canary:raw.linse", day: "2026-01-20" },
    "canary:raw.linse has no bad days; did you mean canary:raw.lines?",
  ],
  [{ type: "healing.paused", healer: "batch_claenup" }, "there is no healer batch_claenup; did you mean batch_cleanup?"],
  [{ type: "healing.resumed", healer: "x" }, "there is no healer x; there are batch_cleanup"],
  [
    { type: "heal.approved", healer: "batch_cleanup", target: "b" },
    "nothing is proposed: batch_cleanup heals by itself; see kintsugi heal list",
  ],
  [{ type: "gate.overridden", gate: "raw-to-analytic" }, "there is no gate raw-to-analytic; did you mean raw-to-analytics?"],
  [{ type: "gate.overridden", gate: "raw-to-analytics", day: "yesterday" }, "day: Invalid ISO date"],
])("%j is refused: %s", ([word, fault]) => {
  expect(wordFault(word, said, known)).toBe(fault);
});

test("with nothing open and nothing configured, that is what is said", () => {
  const nothing = { status: { incidents: [], holes: [] }, config: { healers: [], gates: [] } };
  expect(wordFault({ type: "incident.acknowledged", incident: "x" }, said, nothing)).toBe("there is no open incident x; nothing is open");
  expect(wordFault({ type: "healing.paused" }, said, nothing)).toBe("there is no healer: the configuration names none under healers");
  expect(wordFault({ type: "gate.waived", gate: "g", entity: "e" }, said, nothing)).toBe(
    "there is no gate g; the configuration names none under gates",
  );
});
