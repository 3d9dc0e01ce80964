import type { IncidentChanged } from "@kintsugi/events/alerts";
import { catalogue, type DataOf } from "@kintsugi/events/catalogue";
import type { Event } from "@kintsugi/events/event";
import type { NewEvent } from "@kintsugi/function-kit/declaration";
import { expect, test } from "vitest";
import { detectorStage, gateDecision, observed, runOf } from "../support/detector-stage.ts";

const text = `
phases:
  raw: { title: Raw data, checks: { boxscores: { sql: select 1 as n, metrics: { n: { fail: "< 1" } } } } }
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
const key = "canary:raw.boxscores";
const other = "canary:analytics.summary";
const data = (events: readonly NewEvent[]): readonly IncidentChanged[] => events.map((event) => event.data as IncidentChanged);
const ofKey = (events: readonly NewEvent[], wanted: string): readonly IncidentChanged[] => data(events).filter((one) => one.key === wanted);

test("a finding opens in the words of its producer, and its recovery resolves it", async () => {
  const detector = detectorStage(text);
  const words = {
    title: "Raw data: boxscores fails",
    facts: ["games: 7 < 11"],
    next: ["look"],
    severity: "critical" as const,
    runbook: "r.md",
  };
  const opened = await detector.run("14:00", "canary", [observed(key, "finding", words)]);
  expect(opened).toMatchObject([{ type: "incident.opened", subject: key, data: { ...words, state: "open", revision: 1, post: true } }]);
  expect(await detector.run("14:30", "canary", [observed(key, "ok")])).toMatchObject([
    { type: "incident.resolved", data: { state: "resolved", revision: 2, post: true, resolved: "2026-02-05T14:30:00.000Z" } },
  ]);
});

test("a check that fails all day is one incident: it counts, and says nothing new", async () => {
  const detector = detectorStage(text);
  const told = [];
  for (let hour = 10; hour < 20; hour++) told.push(...(await detector.run(`${hour}:00`, "canary", [observed(key, "finding")])));
  expect(told.map(({ type }) => type)).toEqual(["incident.opened"]);
  expect(await detector.size("kintsugi_incidents")).toBe(1);
});

test("a run that is older than the last one says nothing, also of what was well then", async () => {
  const detector = detectorStage(text);
  await detector.run("14:30", "canary", [observed(key, "ok")]);
  const late = { id: "late", source: "kintsugi/canary", subject: "canary", type: "run.completed", time: "2026-02-05T14:00:00Z" } as const;
  await detector.batch("14:31", [{ ...late, data: runOf("canary", [observed(key, "finding")]) }]);
  expect(await detector.states()).toEqual({});
});

type Verdicts = readonly (readonly [
  "unknown" | "ok" | "not_applicable",
  "unknown" | "ok" | "not_applicable",
  "unknown" | "ok" | "not_applicable",
])[];
test.for<[name: string, runs: Verdicts, expected: Readonly<Record<string, string>>]>([
  ["one blind run is not enough", [["unknown", "unknown", "unknown"]], {}],
  [
    "two are one incident",
    [
      ["unknown", "unknown", "unknown"],
      ["unknown", "unknown", "unknown"],
    ],
    { "unknown:canary": "open" },
  ],
  [
    "two that saw a part are one of that part",
    [
      ["ok", "unknown", "ok"],
      ["ok", "unknown", "ok"],
    ],
    { "unknown:canary:raw.boxscores": "open" },
  ],
  [
    "a run that saw begins anew",
    [
      ["unknown", "unknown", "unknown"],
      ["ok", "ok", "ok"],
      ["unknown", "unknown", "unknown"],
    ],
    {},
  ],
  [
    "a run that sees resolves",
    [
      ["unknown", "unknown", "unknown"],
      ["unknown", "unknown", "unknown"],
      ["ok", "ok", "ok"],
    ],
    { "unknown:canary": "resolved" },
  ],
  [
    "a run with nothing to look at says nothing",
    [
      ["unknown", "unknown", "unknown"],
      ["unknown", "unknown", "unknown"],
      ["not_applicable", "not_applicable", "not_applicable"],
    ],
    { "unknown:canary": "open" },
  ],
])("unknown_after 2: %s", async ([, runs, expected]) => {
  const detector = detectorStage(text);
  for (const [index, [own, first, second]] of runs.entries())
    await detector.run(`14:${10 + index}`, "canary", [observed("unknown:canary", own), observed(key, first), observed(other, second)]);
  expect(await detector.states()).toEqual(expected);
});

test("unknown neither opens nor resolves the finding's own incident", async () => {
  const detector = detectorStage(text);
  await detector.run("14:00", "canary", [observed(key, "finding")]);
  await detector.run("14:30", "canary", [observed("unknown:canary", "unknown"), observed(key, "unknown")]);
  expect(await detector.states()).toEqual({ [key]: "open" });
});

test("a broken phase explains the one after it, which is told only when its own next run finds it still bad", async () => {
  const detector = detectorStage(text);
  const both = await detector.run("14:00", "canary", [observed(other, "finding"), observed(key, "finding")]);
  expect(ofKey(both, key)).toMatchObject([{ post: true, explains: [other] }]);
  expect(ofKey(both, other)).toMatchObject([{ post: false, root: key }]);
  const mended = await detector.run("14:30", "canary", [observed(key, "ok"), observed(other, "finding")]);
  expect(ofKey(mended, other)).toMatchObject([{ state: "open", post: false }]);
  const later = await detector.run("15:00", "canary", [observed(key, "ok"), observed(other, "finding")]);
  expect(ofKey(later, other)).toMatchObject([{ state: "open", post: true }]);
});

const blocked = (day: string, who = "analytics") =>
  gateDecision({
    status: "block",
    verdict: "block",
    day,
    consumer: who,
    observations: [observed("gate:raw-to-analytics", "finding", { day, who })],
  });
const passed = (day: string) => gateDecision({ day, observations: [observed("gate:raw-to-analytics", "ok", { day })] });

test("a gate's incident lists the days and who waits, and each leaves by a decision for itself", async () => {
  const detector = detectorStage(text);
  await detector.feed("14:00", "gate.decided", blocked("2026-02-04"));
  const [told] = data(await detector.feed("14:01", "gate.decided", blocked("2026-02-04", "reports")));
  expect(told).toMatchObject({ days: [{ day: "2026-02-04", who: ["analytics", "reports"] }] });
  await detector.feed("14:02", "gate.decided", blocked("2026-02-03"));
  await detector.feed("14:03", "gate.decided", passed("2026-02-02"));
  await detector.feed("14:04", "gate.decided", passed("2026-02-04"));
  expect(await detector.incident("gate:raw-to-analytics")).toMatchObject({ state: "open", days: [{ day: "2026-02-03" }] });
  await detector.feed("14:05", "gate.overridden", { gate: "raw-to-analytics", day: "2026-02-03", actor: "eve", reason: "known" });
  expect(await detector.states()).toEqual({ "gate:raw-to-analytics": "resolved" });
});

test("a late decision for another day is no history", async () => {
  const detector = detectorStage(text);
  await detector.feed("14:05", "gate.decided", passed("2026-02-03"));
  await detector.feed("14:00", "gate.decided", blocked("2026-02-04"), "14:06");
  expect(await detector.states()).toEqual({ "gate:raw-to-analytics": "open" });
});

test("what a run does not name any more is over, in the groups that it names completely", async () => {
  const detector = detectorStage(text);
  const targets = { kind: "targets", healer: "batch_cleanup" } as const;
  await detector.run("14:00", "cleanup", [observed("healer:batch_cleanup:b1", "finding")], [targets]);
  await detector.run("14:15", "cleanup", [observed("unknown:cleanup", "ok")]);
  expect(await detector.states()).toEqual({ "healer:batch_cleanup:b1": "open" });
  await detector.run("14:30", "cleanup", [], [targets]);
  expect(await detector.states()).toEqual({ "healer:batch_cleanup:b1": "resolved" });
});

test("thirty that open at once are one message, and the critical one is told by itself", async () => {
  const detector = detectorStage(text);
  const many = Array.from({ length: 30 }, (_, index) =>
    observed(`drift:s${index}`, "finding", { channel: "drift", severity: index === 7 ? "critical" : "red" }),
  );
  const told = data(await detector.run("14:00", "drift", many));
  const posted = told.filter(({ post }) => post);
  expect(posted.map(({ subject }) => subject.kind)).toEqual(["service", "storm"]);
  expect(posted[1]).toMatchObject({ title: "29 incidents opened at once", severity: "red" });
  const storm = posted[1]!.key;
  const half = many.map((one, index) => (index % 2 === 0 ? observed(`drift:s${index}`, "ok") : one));
  expect(ofKey(await detector.run("16:00", "drift", half), storm)).toMatchObject([
    { state: "open", facts: [expect.anything(), "15 of 29 are resolved"] },
  ]);
  await detector.run(
    "18:00",
    "drift",
    many.map((_, index) => observed(`drift:s${index}`, "ok")),
  );
  expect((await detector.states())[storm]).toBe("resolved");
});

test("a bad look that does not open yet tells nothing of what was resolved before", async () => {
  const detector = detectorStage(`${text}\nincidents: { open_after: 2 }`);
  await detector.run("14:00", "canary", [observed(key, "finding")]);
  await detector.run("14:30", "canary", [observed(key, "finding")]);
  await detector.run("15:00", "canary", [observed(key, "ok")]);
  expect(await detector.run("17:00", "canary", [observed(key, "finding")])).toEqual([]);
});

test("what opened and was over within one delivery is told once, as resolved", async () => {
  const detector = detectorStage(text);
  const event = (id: string, time: string, verdict: "finding" | "ok"): Event => ({
    id,
    source: "kintsugi/canary",
    subject: "canary",
    type: "run.completed",
    time,
    data: runOf("canary", [observed(key, verdict, { severity: "critical" })]),
  });
  const { publish = [] } = await detector.batch("14:31", [
    event("a", "2026-02-05T14:00:00Z", "finding"),
    event("b", "2026-02-05T14:30:00Z", "ok"),
  ]);
  expect(publish).toMatchObject([{ type: "incident.resolved", data: { key, state: "resolved", post: true } }]);
});

test("a function that is silent for two due times opens watch, and its next run resolves it", async () => {
  const detector = detectorStage(`phases: { raw: { checks: { t: { sql: select 1 as n, metrics: { n: { fail: "< 1" } } } } } }`);
  const ticked = async (time: string): Promise<readonly NewEvent[]> => {
    const told = await detector.tick(time);
    await detector.run(time, "pattern-detector", [observed("unknown:pattern-detector", "ok")]);
    return told;
  };
  for (const time of ["14:00", "14:05", "14:10", "14:20", "14:30", "14:40", "14:50", "15:00"]) await ticked(time);
  expect((await detector.states())["watch:canary"]).toBeUndefined();
  expect(ofKey(await ticked("15:05"), "watch:canary")).toMatchObject([{ severity: "red", channel: "watch", title: "canary is silent" }]);
  await detector.run("15:30", "canary", [observed("unknown:canary", "ok")]);
  expect((await detector.states())["watch:canary"]).toBe("resolved");
});

test("after a pause of the detector itself nobody is called silent before two of its due times have passed", async () => {
  const detector = detectorStage(text);
  await detector.tick("14:00");
  await detector.run("14:00", "pattern-detector", [observed("unknown:pattern-detector", "ok")]);
  expect(ofKey(await detector.tick("08T09:00"), "watch:canary")).toEqual([]);
});

test("in off-season nothing opens, and what is open can resolve", async () => {
  const detector = detectorStage(text);
  await detector.run("14:00", "canary", [observed(key, "finding")]);
  await detector.feed("14:10", "mode.set", { mode: "off-season", actor: "U1", reason: "break" });
  await detector.run("14:30", "canary", [observed(key, "ok"), observed(other, "finding")]);
  await detector.tick("06T14:00");
  expect(await detector.states()).toEqual({ [key]: "resolved" });
});

test("what an operator says is acted on, or refused with the nearest", async () => {
  const detector = detectorStage(text);
  await detector.run("10:00", "canary", [observed(key, "finding")]);
  const word = (type: string, said: object): Event =>
    ({ id: type, source: "cli", type, time: "2026-02-05T10:30:00Z", data: { actor: "eve", reason: "known", ...said } }) as unknown as Event;
  const { refused = [] } = await detector.batch("10:30", [word("incident.acknowledged", { incident: "canary:raw.boxscore" })]);
  expect(refused.map(({ reason }) => reason)).toEqual([`canary:raw.boxscore is not open; did you mean ${key}?`]);
  await detector.batch("10:31", [word("incident.acknowledged", { incident: key })]);
  expect(await detector.incident(key)).toMatchObject({ acknowledged_by: "eve", said: "known" });
  expect(ofKey(await detector.tick("20:00"), key)).toEqual([]);
});

test("an open incident is recalled after 4 h, then after 8 h more", async () => {
  const detector = detectorStage(text);
  await detector.run("08:00", "canary", [observed(key, "finding")]);
  const recalled = [];
  for (let hour = 9; hour < 24; hour++)
    if (ofKey(await detector.tick(`${String(hour).padStart(2, "0")}:00`), key).length > 0) recalled.push(hour);
  expect(recalled).toEqual([12, 20]);
});

function healOf(change: object): DataOf<"healing.completed"> {
  const given = {
    healing_id: "heal_1",
    timestamp: "2026-02-05T14:00:00Z",
    healing_type: "batch_cleanup",
    success: true,
    target: "b1",
    actor: "batch_cleanup",
  };
  return catalogue["healing.completed"].data.parse({ ...given, trigger_reason: "stalled", ...change });
}

test("a repair that worked edits the day's one message; one that did not, and a user's own, are none", async () => {
  const detector = detectorStage(text);
  const repairs = async (time: string, change: object) =>
    (await detector.feed(time, "healing.completed", healOf(change))).filter(({ type }) => type === "repairs.recorded");
  expect(await repairs("14:00", {})).toMatchObject([
    { data: { healer: "batch_cleanup", day: "2026-02-05", revision: 1, count: 1, last_hour: 1 } },
  ]);
  expect(await repairs("15:10", { target: "b2" })).toMatchObject([{ data: { revision: 2, count: 2, last_hour: 1, last_24_hours: 2 } }]);
  expect(await repairs("15:20", { outcome: "ineffective", success: false })).toEqual([]);
  expect(await repairs("15:30", { actor: "somebody" })).toEqual([]);
  // 04:30 UTC is still the day before in New York.
  expect(await repairs("06T04:30", { target: "b3" })).toMatchObject([{ data: { day: "2026-02-05", count: 3 } }]);
});

test("a clock that went back by two days is told once, and neither hides trouble nor silence until those days have come", async () => {
  const detector = detectorStage(text);
  const clock = "unknown:pattern-detector:clock";
  await detector.run("14:00", "canary", [observed(key, "finding")]);
  for (const by of ["canary", "drift", "cleanup", "pattern-detector"]) await detector.run("07T14:00", by, [observed(key, "finding")]);
  const told = await detector.tick("14:05");
  expect(ofKey(told, clock)).toMatchObject([{ state: "open", severity: "yellow", title: "the clock went back by 47 h 55 min" }]);
  await detector.run("14:06", "pattern-detector", []);
  expect(ofKey(await detector.tick("14:10"), clock)).toMatchObject([{ state: "resolved" }]);

  await detector.run("14:30", "canary", [observed(key, "ok"), observed(other, "finding")]);
  expect(await detector.states()).toMatchObject({ [key]: "resolved", [other]: "open" });
  for (let minute = 35; minute < 60; minute += 5) await detector.run(`14:${minute}`, "pattern-detector", []);
  await detector.run("14:59", "pattern-detector", []);
  const silent = data(await detector.tick("15:00")).map(({ key: each }) => each);
  expect(silent).toContain("watch:cleanup");
  expect(silent).not.toContain("watch:canary");
});
