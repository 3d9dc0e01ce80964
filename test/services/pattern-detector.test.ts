import type { RepairsRecorded } from "@kintsugi/events/alerts";
import { catalogue, type DataOf } from "@kintsugi/events/catalogue";
import { expect, test } from "vitest";
import { canaryRun, checked, cleanupRun, detectorStage, driftRun, gateDecision } from "../support/detector-stage.ts";

const text = `
phases:
  raw: { title: Raw data, runbook: docs/raw.md, checks: { boxscores: { sql: select 1 as n, metrics: { n: { fail: "< 1" } } } } }
  analytics: { checks: { summary: { sql: select 1 as n, metrics: { n: { fail: "< 1" } } } } }
gates:
  raw-to-analytics: { before: analytics, checks: [raw.boxscores] }
drift:
  history: { git: . }
  deployments: { file: d.json }
  services: { worker: { paths: [worker] }, coordinator: { paths: [coordinator] } }
healers:
  batch_cleanup: { batches: batches }
`;
const raw = "raw.boxscores";
const key = "canary:raw.boxscores";
const types = (events: readonly { type: string }[]): readonly string[] => events.map(({ type }) => type);

test("a finding opens with the words of its check, and its recovery resolves it", async () => {
  const detector = detectorStage(text);
  const metrics = [{ name: "games", verdict: "finding", actual: 7, reason: "7 < expected (11)" } as const];
  const opened = await detector.feed("14:00", "canary.evaluated", canaryRun(checked(raw, "finding", { metrics, severity: "critical" })));
  expect(opened).toMatchObject([
    {
      type: "incident.opened",
      subject: key,
      data: {
        key,
        state: "open",
        severity: "critical",
        revision: 1,
        title: "Raw data: boxscores fails for 2026-02-04",
        facts: ["games: 7 < expected (11)"],
        next: [`kintsugi why ${key}`],
        runbook: "docs/raw.md",
        channel: "canary",
        post: true,
        opened: "2026-02-05T14:00:00.000Z",
      },
    },
  ]);
  expect(await detector.feed("14:30", "canary.evaluated", canaryRun(checked(raw, "ok")))).toMatchObject([
    { type: "incident.resolved", data: { key, state: "resolved", revision: 2, resolved: "2026-02-05T14:30:00.000Z" } },
  ]);
});

test("a check that fails all day is one incident: it counts, and says nothing new", async () => {
  const detector = detectorStage(text);
  const told = [];
  for (let hour = 10; hour < 20; hour++)
    told.push(...(await detector.feed(`${hour}:00`, "canary.evaluated", canaryRun(checked(raw, "finding")))));
  expect(types(told)).toEqual(["incident.opened"]);
  expect(await detector.incident(key)).toMatchObject({ count: 10, last_seen: "2026-02-05T19:00:00.000Z" });
});

test("an incident opens only after open_after bad runs in a row, and resolves after close_after good ones", async () => {
  const detector = detectorStage(`${text}\nincidents: { open_after: 2, close_after: 2 }`);
  const seen: string[] = [];
  for (const [index, verdict] of (["finding", "ok", "finding", "finding", "ok", "finding", "ok", "ok"] as const).entries()) {
    await detector.feed(`14:${10 + index}`, "canary.evaluated", canaryRun(checked(raw, verdict)));
    seen.push((await detector.states())[key] ?? "none");
  }
  expect(seen).toEqual(["none", "none", "none", "open", "open", "open", "open", "resolved"]);
});

test("not_applicable neither opens nor resolves, nor breaks a row", async () => {
  const detector = detectorStage(`${text}\nincidents: { open_after: 2 }`);
  for (const [index, verdict] of (["finding", "not_applicable", "finding", "not_applicable"] as const).entries())
    await detector.feed(`14:${10 + index}`, "canary.evaluated", canaryRun(checked(raw, verdict)));
  expect(await detector.states()).toEqual({ [key]: "open" });
});

test("one that opens again within a day is the same incident; later it is another", async () => {
  const detector = detectorStage(text);
  const feed = async (time: string, verdict: "finding" | "ok") =>
    await detector.feed(time, "canary.evaluated", canaryRun(checked(raw, verdict)));
  await feed("14:00", "finding");
  await feed("15:00", "ok");
  expect(await feed("06T14:59", "finding")).toMatchObject([
    { type: "incident.updated", data: { opened: "2026-02-05T14:00:00.000Z", change: "reopened", revision: 3 } },
  ]);
  await feed("06T16:00", "ok");
  expect(await feed("07T16:00", "finding")).toMatchObject([
    { type: "incident.opened", data: { opened: "2026-02-07T16:00:00.000Z", revision: 1 } },
  ]);
});

test("a verdict older than the last one is history: it neither resolves nor opens", async () => {
  const detector = detectorStage(text);
  await detector.feed("14:30", "canary.evaluated", canaryRun(checked(raw, "finding")));
  expect(await detector.feed("14:00", "canary.evaluated", canaryRun(checked(raw, "ok")), "14:31")).toEqual([]);
  await detector.feed("15:00", "gate.decided", gateDecision({ verdict: "proceed" }));
  expect(await detector.feed("14:59", "gate.decided", gateDecision({ status: "block", verdict: "block" }), "15:01")).toEqual([]);
});

test.for<[name: string, unknowns: readonly ("unknown" | "ok" | "not_applicable")[][], expected: Readonly<Record<string, string>>]>([
  ["one blind run is not enough", [["unknown", "unknown"]], {}],
  [
    "two runs that saw nothing are one incident",
    [
      ["unknown", "unknown"],
      ["unknown", "unknown"],
    ],
    { "unknown:canary": "open" },
  ],
  [
    "two runs that saw a part are one for each subject",
    [
      ["unknown", "ok"],
      ["unknown", "ok"],
    ],
    { "unknown:canary:raw.boxscores": "open" },
  ],
  [
    "a run that saw between them begins anew",
    [
      ["unknown", "unknown"],
      ["ok", "ok"],
      ["unknown", "unknown"],
    ],
    {},
  ],
  [
    "a run that sees resolves",
    [
      ["unknown", "unknown"],
      ["unknown", "unknown"],
      ["ok", "ok"],
    ],
    { "unknown:canary": "resolved" },
  ],
  [
    "beside what is not applicable, that is a part too",
    [
      ["unknown", "not_applicable"],
      ["unknown", "not_applicable"],
    ],
    { "unknown:canary:raw.boxscores": "open" },
  ],
  [
    "one stays one when the day comes and the other is applicable",
    [
      ["unknown", "not_applicable"],
      ["unknown", "not_applicable"],
      ["unknown", "ok"],
    ],
    { "unknown:canary:raw.boxscores": "open" },
  ],
  [
    "runs in which nothing is applicable neither open",
    [
      ["not_applicable", "not_applicable"],
      ["not_applicable", "not_applicable"],
    ],
    {},
  ],
  [
    "runs in which nothing is applicable nor resolve",
    [
      ["unknown", "unknown"],
      ["unknown", "unknown"],
      ["not_applicable", "not_applicable"],
    ],
    { "unknown:canary": "open" },
  ],
  [
    "what is not applicable says nothing of its own subject",
    [
      ["unknown", "ok"],
      ["unknown", "ok"],
      ["not_applicable", "ok"],
    ],
    { "unknown:canary:raw.boxscores": "open" },
  ],
])("unknown_after 2: %s", async ([, runs, expected]) => {
  const detector = detectorStage(text);
  for (const [index, [first, second]] of runs.entries())
    await detector.feed(
      `14:${10 + index}`,
      "canary.evaluated",
      canaryRun(checked(raw, first!, { reason: "table is gone" }), checked("analytics.summary", second!)),
    );
  expect(await detector.states()).toEqual(expected);
});

test("unknown neither opens nor resolves the finding's own incident", async () => {
  const detector = detectorStage(text);
  await detector.feed("14:00", "canary.evaluated", canaryRun(checked(raw, "finding"), checked("analytics.summary", "ok")));
  await detector.feed("14:30", "canary.evaluated", canaryRun(checked(raw, "unknown"), checked("analytics.summary", "unknown")));
  expect(await detector.states()).toEqual({ [key]: "open" });
});

test("a broken phase explains its broken downstream phase, in whatever order they stand in the run", async () => {
  const detector = detectorStage(text);
  const events = await detector.feed(
    "14:00",
    "canary.evaluated",
    canaryRun(checked("analytics.summary", "finding"), checked(raw, "finding")),
  );
  expect(events.map(({ data }) => data)).toMatchObject([
    { key: "canary:analytics.summary", post: false, root: key },
    { key, post: true, explains: ["canary:analytics.summary"] },
  ]);
  const after = await detector.feed("14:30", "canary.evaluated", canaryRun(checked(raw, "ok"), checked("analytics.summary", "finding")));
  expect(after.map(({ data }) => data)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ key, state: "resolved" }),
      expect.objectContaining({ key: "canary:analytics.summary", state: "open", post: true }),
    ]),
  );
});

test.for<
  [
    name: string,
    decisions: readonly { status: "proceed" | "proceed_with_warning" | "wait" | "block"; verdict?: "block" }[],
    expected: string | undefined,
  ]
>([
  ["a block opens", [{ status: "block" }], "open"],
  ["wait opens nothing", [{ status: "wait" }], undefined],
  ["a warning opens nothing", [{ status: "proceed_with_warning" }], undefined],
  ["a veto that only warns who asked opens nothing", [{ status: "proceed_with_warning", verdict: "block" }], undefined],
  ["the next proceed resolves", [{ status: "block" }, { status: "proceed" }], "resolved"],
  ["the next wait resolves", [{ status: "block" }, { status: "wait" }], "resolved"],
  [
    "a veto that only warns who asked is another decision, and resolves",
    [{ status: "block" }, { status: "proceed_with_warning", verdict: "block" }],
    "resolved",
  ],
])("a gate: %s", async ([, decisions, expected]) => {
  const detector = detectorStage(text);
  for (const [index, { status, verdict = status }] of decisions.entries())
    await detector.feed(`14:${10 + index}`, "gate.decided", gateDecision({ status, verdict, message: "blocked: 4 of 11 missing" }));
  expect((await detector.states())["gate:raw-to-analytics"]).toBe(expected);
});

test.for<[name: string, verdicts: readonly ("proceed_with_warning" | "block" | "proceed")[], expected: string | undefined]>([
  ["lets pass what it cannot look at, twice in a row", ["proceed_with_warning", "proceed_with_warning"], "open"],
  ["lets it pass once", ["proceed_with_warning", "proceed"], undefined],
  ["blocks for it, and says so by its own incident", ["block", "block"], undefined],
  ["can look again", ["proceed_with_warning", "proceed_with_warning", "proceed"], "resolved"],
])("a gate that %s", async ([, verdicts, expected]) => {
  const detector = detectorStage(text);
  for (const [index, verdict] of verdicts.entries()) {
    const checks = [checked(raw, verdict === "proceed" ? "ok" : "unknown")];
    await detector.feed(`14:${10 + index}`, "gate.decided", gateDecision({ status: verdict, verdict, checks }));
  }
  expect((await detector.states())["unknown:gate:raw-to-analytics"]).toBe(expected);
});

test("a gate that blocks is explained by the open incident of a check that it lists", async () => {
  const detector = detectorStage(text);
  await detector.feed("14:00", "canary.evaluated", canaryRun(checked(raw, "finding")));
  await detector.feed("14:05", "gate.decided", gateDecision({ status: "block", verdict: "block" }));
  expect(await detector.incident("gate:raw-to-analytics")).toMatchObject({ root: key, post: false, channel: "gate" });
});

test("drift opens per service, with its command as the next step", async () => {
  const detector = detectorStage(text);
  const events = await detector.feed(
    "14:00",
    "drift.evaluated",
    driftRun(
      {
        service: "worker",
        verdict: "finding",
        reason: "stale",
        text: "worker-1 serves a1 and lacks 7 changes",
        command: "./deploy.sh worker",
        age_seconds: 7_200,
      },
      { service: "coordinator", verdict: "ok" },
    ),
  );
  expect(events).toMatchObject([
    {
      data: {
        key: "drift:worker",
        title: "worker: serves old code",
        facts: ["worker-1 serves a1 and lacks 7 changes", "oldest undeployed change: 2 h old"],
        next: ["./deploy.sh worker"],
        channel: "drift",
      },
    },
  ]);
});

test("what a healer tells stands for as long as it is told, and a run that could not look resolves nothing", async () => {
  const detector = detectorStage(text);
  const told = [{ target: "b1", reason: "below-share", text: "b1 is 50 % settled" }];
  await detector.feed("14:00", "run.completed", cleanupRun({ told }));
  expect(await detector.incident("healer:batch_cleanup:b1")).toMatchObject({
    state: "open",
    severity: "red",
    facts: ["b1 is 50 % settled"],
    channel: "healing",
  });
  await detector.feed("14:15", "run.completed", cleanupRun({ verdict: "unknown", reason: "the store is away" }));
  expect((await detector.states())["healer:batch_cleanup:b1"]).toBe("open");
  await detector.feed("14:30", "run.completed", cleanupRun({ told: [] }));
  expect((await detector.states())["healer:batch_cleanup:b1"]).toBe("resolved");
});

test("what a healer does not tell any more breaks the row, also before it has opened", async () => {
  const detector = detectorStage(`${text}\nincidents: { open_after: 2 }`);
  const told = [{ target: "b1", reason: "below-share", text: "b1 is 50 % settled" }];
  await detector.feed("14:00", "run.completed", cleanupRun({ told }));
  await detector.feed("14:15", "run.completed", cleanupRun({}));
  await detector.feed("14:30", "run.completed", cleanupRun({ told }));
  expect(await detector.states()).toEqual({});
  await detector.feed("14:45", "run.completed", cleanupRun({ told }));
  expect(await detector.states()).toEqual({ "healer:batch_cleanup:b1": "open" });
});

test("what is over leaves nothing behind: the state does not grow with history", async () => {
  const detector = detectorStage(text);
  for (let index = 0; index < 5; index++) {
    await detector.feed(
      `14:${10 + index}`,
      "run.completed",
      cleanupRun({ told: [{ target: `b${index}`, reason: "too-old", text: "old" }] }),
    );
  }
  await detector.feed("14:30", "run.completed", cleanupRun({}));
  expect(await detector.size("kintsugi_streaks")).toBe(0);
  await detector.tick("06T14:30");
  expect(Object.keys(await detector.states()).filter((key) => key.startsWith("healer:"))).toEqual([]);
});

test("a blast radius is told instead of each target, and resolves none of them", async () => {
  const detector = detectorStage(text);
  await detector.feed("14:00", "run.completed", cleanupRun({ told: [{ target: "b1", reason: "below-share", text: "b1" }] }));
  await detector.feed(
    "14:15",
    "run.completed",
    cleanupRun({ told: [{ target: "blast-radius", reason: "blast-radius", text: "12 of 20" }] }),
  );
  expect(await detector.states()).toEqual({ "healer:batch_cleanup:b1": "open", "healer:batch_cleanup:blast-radius": "open" });
});

test("a function that is silent for two due times opens watch, and the next run resolves it", async () => {
  const detector = detectorStage(`phases: { raw: { checks: { t: { sql: select 1 as n, metrics: { n: { fail: "< 1" } } } } } }`);
  await detector.tick("14:00");
  await detector.tick("15:00");
  expect(await detector.states()).toEqual({});
  expect(await detector.tick("15:05")).toMatchObject([
    { data: { key: "watch:canary", severity: "red", channel: "watch", title: "canary is silent" } },
  ]);
  const { healers: _none, ...run } = cleanupRun({});
  await detector.feed("15:30", "run.completed", { ...run, function: "canary" });
  expect((await detector.states())["watch:canary"]).toBe("resolved");
});

test("in off-season nothing opens, what is open can resolve, and nobody counts as silent", async () => {
  const detector = detectorStage(text);
  await detector.feed("14:00", "canary.evaluated", canaryRun(checked(raw, "finding")));
  await detector.feed("14:10", "mode.set", { mode: "off-season", actor: "U1", reason: "break" });
  await detector.feed("14:30", "canary.evaluated", canaryRun(checked(raw, "ok"), checked("analytics.summary", "finding")));
  await detector.tick("06T14:00");
  expect(await detector.states()).toEqual({ [key]: "resolved" });
});

test("an open incident is recalled every 4 h in its thread, until somebody acknowledges it", async () => {
  const detector = detectorStage(text);
  await detector.feed("10:00", "canary.evaluated", canaryRun(checked(raw, "finding")));
  const ours = async (time: string) => (await detector.tick(time)).filter(({ subject }) => subject === key);
  expect(await ours("13:55")).toEqual([]);
  expect(await ours("14:00")).toMatchObject([
    { type: "incident.updated", data: { change: "reminder", thread: "still open, since 2026-02-05T10:00Z" } },
  ]);
  expect(await ours("14:05")).toEqual([]);
  expect(types(await ours("18:00"))).toEqual(["incident.updated"]);
  expect(await detector.feed("18:30", "incident.acknowledged", { incident: key, actor: "U1", reason: "" })).toMatchObject([
    { data: { key, acknowledged_by: "U1" } },
  ]);
  expect(await ours("22:00")).toEqual([]);
});

test("a repair that worked edits the day's one message; one that did not, and a user's own, are none", async () => {
  const detector = detectorStage(text);
  const heal = (change: object) =>
    ({
      healing_id: "heal_1",
      timestamp: "2026-02-05T14:00:00Z",
      healing_type: "batch_cleanup",
      trigger_reason: "stalled",
      action_taken: "closed the batch",
      before_state: {},
      after_state: {},
      success: true,
      metadata: {},
      target: "b1",
      cause: { code: "player_injury_out" },
      outcome: "effective",
      attempt: 1,
      mode: "auto",
      actor: "batch_cleanup",
      hop_count: 0,
      ...change,
    }) as const;
  const repairs = async (time: string, change: object) =>
    (await detector.feed(time, "healing.completed", heal(change) as never)).filter(({ type }) => type === "repairs.recorded");
  expect(await repairs("14:00", {})).toMatchObject([{ data: { healer: "batch_cleanup", day: "2026-02-05", revision: 1, count: 1 } }]);
  expect(await repairs("14:10", { target: "b2" })).toMatchObject([
    { data: { revision: 2, count: 2, repairs: [{ target: "b1" }, { target: "b2" }] } },
  ]);
  expect(await repairs("14:20", { outcome: "ineffective", success: false })).toEqual([]);
  expect(await repairs("14:30", { actor: "somebody" })).toEqual([]);
  // 04:30 UTC is still the day before in New York.
  expect(await repairs("06T04:30", { target: "b3" })).toMatchObject([{ data: { day: "2026-02-05", count: 3 } }]);
});

test("a skip reason that nobody has listed is told once a day, and is not taken for one that begins alike", async () => {
  const detector = detectorStage(text);
  const textOf = async (time: string, ...unclassified: readonly string[]) => {
    const heal = {
      ...healOf("batch_cleanup"),
      actor: "batch_cleanup",
      trigger_reason: "stalled",
      metadata: { unclassified: [...unclassified] },
    };
    const recorded = (await detector.feed(time, "healing.completed", heal)).find(({ type }) => type === "repairs.recorded")!;
    return (recorded.data as RepairsRecorded).repairs.at(-1)?.text;
  };
  expect(await textOf("14:00", "no_odds_yet")).toBe("stalled; unclassified: no_odds_yet");
  expect(await textOf("14:10", "no_odds_yet", "no_odds")).toBe("stalled; unclassified: no_odds");
  expect(await textOf("14:20", "no_odds_yet", "no_odds")).toBe("stalled");
});

test("a mode may be set as often as people like, and the last word holds, in whatever order it comes", async () => {
  const detector = detectorStage(text);
  const mode = (name: "normal" | "maintenance", reason: string) => ({ mode: name, reason, actor: "eve" });
  await detector.feed("14:00", "mode.set", mode("maintenance", "deploy"));
  await detector.feed("14:20", "mode.set", mode("normal", "done"), "14:20");
  await detector.feed("14:10", "mode.set", mode("maintenance", "late"), "14:21");
  expect(types(await detector.feed("14:30", "canary.evaluated", canaryRun(checked(raw, "finding"))))).toEqual(["incident.opened"]);
});

test("in a mode no repairs message is posted", async () => {
  const detector = detectorStage(text);
  await detector.feed("14:00", "mode.set", { mode: "maintenance", reason: "deploy", actor: "eve" });
  expect(await detector.feed("14:05", "healing.completed", healOf("batch_cleanup"))).toEqual([]);
});

test("a pattern waits for its open_after and close_after like any other", async () => {
  const pattern = "count: '>= 1', within: 10m, severity: yellow, incidents: { open_after: 2, close_after: 2 }";
  const detector = detectorStage(`${text}\npatterns: { p: { on: healing.completed, by: healing_type, ${pattern} } }`);
  expect(await detector.feed("14:00", "healing.completed", healOf("someone"))).toEqual([]);
  expect(types(await detector.tick("14:05"))).toEqual(["incident.opened"]);
  expect(await detector.tick("14:10")).toEqual([]);
  expect(types(await detector.tick("14:15"))).toEqual(["incident.resolved"]);
});

test("a subject that could not be looked at twice in a row is told of, also where the second run saw nothing at all", async () => {
  const detector = detectorStage(text);
  const run = (one: "ok" | "unknown") => canaryRun(checked(raw, one), checked("analytics.summary", "unknown"));
  expect(await detector.feed("14:00", "canary.evaluated", run("ok"))).toEqual([]);
  const told = await detector.feed("14:30", "canary.evaluated", run("unknown"));
  expect(told.map(({ subject }) => subject)).toEqual(["unknown:canary:analytics.summary"]);
});

test("where all is unknown, the most impatient check says when that is told", async () => {
  const detector = detectorStage(text.replace("checks: { boxscores: {", "checks: { boxscores: { incidents: { unknown_after: 1 },"));
  const told = await detector.feed(
    "14:00",
    "canary.evaluated",
    canaryRun(checked(raw, "unknown"), checked("analytics.summary", "unknown")),
  );
  expect(told.map(({ subject }) => subject)).toEqual(["unknown:canary"]);
});

test("an incident that explains one more is updated, not opened again", async () => {
  const detector = detectorStage(text);
  await detector.feed("14:00", "canary.evaluated", canaryRun(checked(raw, "finding")));
  const run = canaryRun(checked(raw, "not_applicable"), checked("analytics.summary", "finding"));
  const told = await detector.feed("14:30", "canary.evaluated", run);
  expect(told.find(({ subject }) => subject === key)).toMatchObject({
    type: "incident.updated",
    data: { change: "updated", explains: ["canary:analytics.summary"] },
  });
});

test.for<[name: string, until: string | undefined, reminders: number]>([
  ["an acknowledgement ends the reminders", undefined, 0],
  ["a silence ends them until its end", "2026-02-05T20:00:00Z", 1],
])("%s", async ([, until, reminders]) => {
  const detector = detectorStage(text);
  await detector.feed("10:00", "canary.evaluated", canaryRun(checked(raw, "finding")));
  const said = { incident: key, actor: "eve", reason: "known", ...(until === undefined ? {} : { until }) };
  await detector.feed("11:00", until === undefined ? "incident.acknowledged" : "incident.silenced", said);
  const told = [];
  for (const time of ["14:00", "18:00", "22:00"]) told.push(...(await detector.tick(time)));
  expect(told.filter(({ subject, data }) => subject === key && "thread" in data)).toHaveLength(reminders);
});

function healOf(actor: string): DataOf<"healing.completed"> {
  const given = { healing_id: "heal_1", timestamp: "2026-02-05T14:00:00Z", healing_type: "r", success: true, target: "t", actor };
  return catalogue["healing.completed"].data.parse(given);
}
