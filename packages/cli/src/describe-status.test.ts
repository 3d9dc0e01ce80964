import type { IncidentStatus, Status } from "@kintsugi/local/status";
import { expect, test } from "vitest";
import { describeStatus } from "./describe-status.ts";

const incident: IncidentStatus = {
  key: "canary:raw.boxscores",
  severity: "critical",
  state: "open",
  opened: "2026-02-05T13:30:00.000Z",
  count: 3,
  root: null,
  title: "Phase 2 · raw data: boxscores fails",
  acknowledged_by: null,
  silenced_by: null,
  silenced_until: null,
  said: null,
  days: [],
  flapping: false,
};
const quiet: Status = {
  functions: [{ name: "canary", last_run: "2026-02-05T13:30:00.000Z", last_success: null, verdict: "ok", silent: false }],
  incidents: [],
  holes: [],
  mode: { mode: "normal", until: null, reason: null, actor: null },
  pauses: [],
  warnings: [],
  dead_letters: 0,
  pending: {},
};
const days = ["2026-02-01", "2026-02-02", "2026-02-03", "2026-02-04"].map((day) => ({ day, what: "missing b", who: [] }));
const until = "2026-02-05T18:00:00.000Z";

test.for<[name: string, status: Partial<Status>, line: string]>([
  ["nothing is open", {}, "no open incidents"],
  ["a function's runs", {}, "canary    2026-02-05 13:30Z  never         ok"],
  ["a silent function", { functions: [{ ...quiet.functions[0]!, silent: true }] }, "canary    2026-02-05 13:30Z  never         SILENT"],
  ["an incident", { incidents: [incident] }, "critical  2026-02-05 13:30Z  canary:raw.boxscores"],
  ["its title", { incidents: [incident] }, "  Phase 2 · raw data: boxscores fails"],
  ["what explains it", { incidents: [{ ...incident, root: "canary:scrape.runs" }] }, "  because of canary:scrape.runs"],
  ["its newest bad day", { incidents: [{ ...incident, days }] }, "  bad day 2026-02-04: missing b"],
  ["its bad days before", { incidents: [{ ...incident, days }] }, "  bad before: 2026-02-01, 2026-02-02, 2026-02-03"],
  ["who has it", { incidents: [{ ...incident, acknowledged_by: "ann", said: "on it" }] }, "  acknowledged by ann: “on it”"],
  [
    "who silenced it, until when and why",
    { incidents: [{ ...incident, silenced_by: "ann", silenced_until: until, said: "deploy" }] },
    "  silenced by ann until 2026-02-05 18:00Z: “deploy”",
  ],
  ["that it flaps", { incidents: [{ ...incident, flapping: true }] }, "  flapping: it opens and resolves again and again"],
  ["a hole", { holes: [{ key: "canary:raw.lines", day: "2026-01-20", what: "missing a" }] }, "2026-01-20  missing a  canary:raw.lines"],
  ["a warning", { warnings: [{ check: "raw.boxscores", metric: "rows", day: null, what: "70 < 80" }] }, "raw.boxscores.rows  70 < 80"],
  [
    "a mode",
    { mode: { mode: "off-season", until, reason: "break", actor: "ann" } },
    "mode: off-season until 2026-02-05 18:00Z (ann: break)",
  ],
  ["a pause", { pauses: [{ healer: "closing", until: null, reason: "migration", actor: "ann" }] }, "paused: closing (ann: migration)"],
  ["what waits", { pending: { gate: 2 }, dead_letters: 1 }, "waiting: gate 2; dead letters: 1"],
])("it tells of %s", ([, status, line]) => {
  const lines = describeStatus({ ...quiet, ...status }).split("\n");
  expect(lines).toContain(line);
  expect(lines.filter((each) => each.length > 80)).toEqual([]);
});
