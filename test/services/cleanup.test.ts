import { cleanup } from "@kintsugi/cleanup/function";
import type { HealingCompleted } from "@kintsugi/events/healing";
import type { HealerRun, RunCompleted } from "@kintsugi/events/runs";
import { subjectKey } from "@kintsugi/events/subject";
import type { Dependencies } from "@kintsugi/function-kit/declaration";
import { deliverEvents } from "@kintsugi/function-kit/deliver-events";
import { performRun } from "@kintsugi/function-kit/perform-run";
import type { Change, Documents } from "@kintsugi/ports/documents";
import { Failure, type FailureClass } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import { expect, test } from "vitest";
import { configOf, messageOf, openDocuments } from "../support/service-stage.ts";

const healer = (rest = "") =>
  `healers:\n  batch_cleanup: { batches: prediction_batches, fields: { expected: expected_players, completed: completed_players, skipped: skipped_players }, reasons: { permanent: [player_injury_out], transient: [worker_timeout] }${rest} }`;

/** Twenty minutes idle at 20:00: 119 done and 17 skipped of 136. */
const stalled: JsonObject = {
  expected_players: 136,
  completed_players: 119,
  skipped_players: { player_injury_out: 17 },
  is_complete: false,
  created_at: "2026-02-05T19:00:00Z",
  updated_at: "2026-02-05T19:40:00Z",
};

type Replacements = { readonly documents?: (real: Documents) => Partial<Documents>; readonly query?: () => Promise<readonly JsonObject[]> };

/** A cleanup on real documents; `run` is one scheduled run, stored as the shell stores it. */
function cleanupStage(text: string, replaced: Replacements = {}) {
  const stage = openDocuments();
  const documents = { ...stage.documents, ...replaced.documents?.(stage.documents) };
  let nowMs = 0;
  const query = replaced.query ?? (async () => []);
  const dependencies = {
    config: configOf(text),
    documents,
    bus: stage.bus,
    warehouse: { dialect: "duckdb", query: async () => ({ rows: await query(), bytes: 0 }) },
    clock: { now: () => nowMs },
  } as unknown as Dependencies;
  const perform = performRun(cleanup, dependencies, () => {});
  const at = (time: string): number => Date.parse(`2026-02-${time.includes("T") ? "" : "05T"}${time}:00Z`);
  const deliver = deliverEvents(cleanup, dependencies, () => {});
  let last: RunCompleted | undefined;
  const completeRun = async (time: string, due = time, commit?: (change: Change) => Promise<void>): Promise<RunCompleted> => {
    nowMs = at(time);
    last = await perform({ dueMs: at(due) }, commit);
    return last;
  };
  return {
    /** @param due where the run comes later than it was due */
    run: async (...run: Parameters<typeof completeRun>): Promise<HealerRun> => (await completeRun(...run)).healers![0]!,
    observe: completeRun,
    last: (): HealerRun => last!.healers![0]!,
    /** What an operator says at a time; answers with the reasons of what was refused so far. */
    async say(time: string, event: JsonObject): Promise<readonly string[]> {
      nowMs = at(time);
      const said = { id: `${time} ${JSON.stringify(event)}`, time: new Date(nowMs).toISOString(), ...event };
      await deliver([messageOf("operator", said, nowMs)]);
      return (await stage.documents.list("kintsugi_dead_letters")).map(({ data }) => String(data["reason"]));
    },
    /** What is told of targets, with the first fact of each. */
    told: () =>
      last!.observations.flatMap((observation) =>
        observation.verdict === "finding" ? [[subjectKey(observation.subject), observation.title, observation.facts[0]]] : [],
      ),
    batch: async (id: string) => (await stage.documents.get("prediction_batches", id))?.data,
    put: (id: string, data: JsonObject) => stage.set("prediction_batches", id, data),
    completed: (): readonly HealingCompleted[] =>
      stage.published
        .filter(({ attributes }) => attributes["ce-type"] === "io.kintsugi.healing.completed.v1")
        .map(({ data }) => JSON.parse(Buffer.from(data).toString()) as HealingCompleted),
    requested: () => stage.published.filter(({ attributes }) => attributes["ce-type"] === "io.kintsugi.healing.requested.v1").length,
    largest: () => Math.max(...stage.published.map(({ data }) => data.length)),
    real: stage.documents,
  };
}

test("a stalled batch is closed, nothing else in it is touched, and nothing is claimed yet", async () => {
  const stage = cleanupStage(healer());
  await stage.put("b1", { ...stalled, owner: "someone" });
  const report = await stage.run("20:00");
  const id = report.closed[0]!.healing_id;
  expect(report).toMatchObject({
    verdict: "ok",
    considered: 1,
    stalled: 1,
    pending: 1,
    closed: [{ target: "b1" }],
    escalated: [],
    limited: [],
  });
  expect(await stage.batch("b1")).toEqual({
    ...stalled,
    owner: "someone",
    is_complete: true,
    auto_completed: true,
    auto_completion_reason: "stalled: 119 done + 17 skipped of 136, idle 20 min",
    auto_completed_at: "2026-02-05T20:00:00.000Z",
    healing_id: id,
  });
  expect(stage.requested()).toBe(1);
  expect(stage.completed()).toEqual([]);
});

test("the first run five minutes after the act proves it, and only then it counts", async () => {
  const stage = cleanupStage(healer());
  await stage.put("b1", stalled);
  await stage.run("20:00");
  expect(await stage.run("20:04")).toMatchObject({ pending: 1, closed: [] });
  expect(stage.completed()).toEqual([]);
  expect(await stage.run("20:05")).toMatchObject({ pending: 0, closed: [] });
  expect(stage.completed()).toMatchObject([
    {
      healing_type: "batch_cleanup",
      target: "b1",
      outcome: "effective",
      success: true,
      attempt: 1,
      mode: "auto",
      actor: "batch_cleanup",
      cause: { code: "player_injury_out", parameters: { skipped: 17, missing: 0 } },
      trigger_reason: "stalled: 119 done + 17 skipped of 136, idle 20 min",
      before_state: { is_complete: false, completed_players: 119 },
      after_state: { is_complete: true, auto_completed: true },
      duration_seconds: 300,
      verified_at: "2026-02-05T20:05:00.000Z",
    },
  ]);
  await stage.run("20:20");
  expect(stage.completed()).toHaveLength(1);
});

test.for<[name: string, change: JsonObject | undefined, proof: readonly JsonObject[] | undefined, outcome: string, reason: string]>([
  ["still done", {}, undefined, "effective", "the batch is still done"],
  ["done, and verify.sql says yes", {}, [{ yes: true }], "effective", "the batch is still done"],
  ["done, and verify.sql says no", {}, [{ yes: false }], "ineffective", "verify.sql says no"],
  ["done, and verify.sql returns nothing", {}, [], "ineffective", "verify.sql says no"],
  ["opened again by somebody", { is_complete: false }, undefined, "ineffective", "the batch is not done any more"],
  ["gone", undefined, undefined, "ineffective", "the batch is gone"],
])("a heal whose batch is %s is known as such", async ([, change, proof, outcome, reason]) => {
  const stage = cleanupStage(healer(proof === undefined ? "" : ', verify: { sql: "select count(*) > 0 from p where id = @target" }'), {
    query: async () => proof ?? [],
  });
  await stage.put("b1", stalled);
  await stage.run("20:00");
  const closed = (await stage.batch("b1"))!;
  if (change === undefined)
    await stage.real.commit({ writes: [{ op: "delete", collection: "prediction_batches", id: "b1" }], publish: [], outbox: "x" });
  else await stage.put("b1", { ...closed, ...change });
  await stage.run("20:15");
  expect(stage.completed()).toMatchObject([{ outcome, success: outcome === "effective", metadata: { proof: reason } }]);
});

test("a proof that nobody can make waits, and is inconclusive after a day", async () => {
  const stage = cleanupStage(healer(', verify: { sql: "select true" }'), {
    query: () => Promise.reject(new Failure("transient", "the warehouse is away")),
  });
  await stage.put("b1", stalled);
  await stage.run("20:00");
  expect(await stage.run("06T19:45")).toMatchObject({ pending: 1 });
  expect(stage.completed()).toEqual([]);
  await stage.run("06T20:00");
  expect(stage.completed()).toMatchObject([{ outcome: "inconclusive", success: false, metadata: { proof: "the warehouse is away" } }]);
});

test("a worker that finishes the batch meanwhile wins, and nothing is healed", async () => {
  const finished = { ...stalled, completed_players: 136, is_complete: true };
  let isRaced = false;
  const stage = cleanupStage(healer(), {
    documents: (real) => ({
      async commit(change) {
        // The worker writes between our reading and our act.
        if (!isRaced && change.writes.some(({ collection }) => collection === "prediction_batches")) {
          isRaced = true;
          await real.commit({
            writes: [{ op: "set", collection: "prediction_batches", id: "b1", data: finished }],
            publish: [],
            outbox: "worker",
          });
        }
        await real.commit(change);
      },
    }),
  });
  await stage.put("b1", stalled);
  expect(await stage.run("20:00")).toMatchObject({ closed: [], escalated: [], pending: 0 });
  expect(await stage.batch("b1")).toEqual(finished);
  await stage.run("20:15");
  expect(stage.completed()).toEqual([]);
});

test("a worker that writes meanwhile, and leaves the batch stalled, does not stop the heal: it is closed as it is now", async () => {
  let isRaced = false;
  const stage = cleanupStage(healer(), {
    documents: (real) => ({
      async commit(change) {
        if (!isRaced && change.writes.some(({ collection }) => collection === "prediction_batches")) {
          isRaced = true;
          await real.commit({
            writes: [{ op: "merge", collection: "prediction_batches", id: "b1", data: { completed_players: 118 } }],
            publish: [],
            outbox: "worker",
          });
        }
        await real.commit(change);
      },
    }),
  });
  await stage.put("b1", stalled);
  expect(await stage.run("20:00")).toMatchObject({ closed: [{ target: "b1" }] });
  expect(await stage.batch("b1")).toMatchObject({ is_complete: true, completed_players: 118 });
  expect(stage.requested()).toBe(1);
});

test("a run that died before its act and comes again acts, and tells its intent once", async () => {
  let isAway = true;
  const stage = cleanupStage(healer(), {
    documents: (real) => ({
      async commit(change) {
        if (isAway && change.writes.some(({ collection }) => collection === "prediction_batches")) throw new Failure("transient", "killed");
        await real.commit(change);
      },
    }),
  });
  await stage.put("b1", stalled);
  await expect(stage.run("20:00", "20:00", () => Promise.reject(new Failure("transient", "killed")))).rejects.toThrow("killed");
  isAway = false;
  expect(await stage.run("20:02", "20:00")).toMatchObject({ closed: [{ target: "b1" }] });
  expect(stage.requested()).toBe(1);
});

test("a run that died after its act and comes again reports what it closed, and closes nothing twice", async () => {
  const stage = cleanupStage(healer());
  await stage.put("b1", stalled);
  await expect(stage.run("20:00", "20:00", () => Promise.reject(new Failure("transient", "killed")))).rejects.toThrow("killed");
  expect(await stage.batch("b1")).toMatchObject({ is_complete: true });
  expect(await stage.run("20:01", "20:00")).toMatchObject({ closed: [{ target: "b1" }], limited: [], pending: 1 });
  await stage.run("20:15");
  expect(stage.completed()).toMatchObject([{ target: "b1", attempt: 1, outcome: "effective" }]);
});

test("a run that died after its act and comes again so late that the act is proved reports what it closed all the same", async () => {
  const stage = cleanupStage(healer());
  await stage.put("b1", stalled);
  await expect(stage.run("20:00", "20:00", () => Promise.reject(new Failure("transient", "killed")))).rejects.toThrow("killed");
  expect(await stage.run("20:30", "20:00")).toMatchObject({ closed: [{ target: "b1" }], pending: 0 });
  expect(stage.completed()).toMatchObject([{ target: "b1", outcome: "effective" }]);
});

test("a proof is stored before the next act: a run that dies in between does not take its second act for the success of the first", async () => {
  const stage = cleanupStage(healer());
  await stage.put("b1", stalled);
  await stage.run("20:00");
  await stage.put("b1", stalled); // Somebody opens it again.
  await expect(stage.run("20:15", "20:15", () => Promise.reject(new Failure("transient", "killed")))).rejects.toThrow("killed");
  expect(await stage.batch("b1")).toMatchObject({ is_complete: true });
  await stage.run("20:16", "20:15");
  expect(stage.completed()).toMatchObject([{ attempt: 1, outcome: "ineffective" }]);
  await stage.run("20:30");
  expect(stage.completed()).toMatchObject([
    { attempt: 1, outcome: "ineffective" },
    { attempt: 2, outcome: "effective" },
  ]);
});

test("what is stalled again right after its heal waits for the proof, then for the cooldown", async () => {
  const stage = cleanupStage(healer(", limits: { cooldown: 30m }"));
  await stage.put("b1", stalled);
  await stage.run("20:00");
  await stage.put("b1", stalled);
  expect(await stage.run("20:04")).toMatchObject({ limited: [{ target: "b1", reason: "waits-for-proof" }] });
  expect(await stage.run("20:15")).toMatchObject({ limited: [{ target: "b1", reason: "cooldown" }], closed: [] });
  expect(await stage.run("20:30")).toMatchObject({ limited: [], closed: [{ target: "b1" }] });
});

test("after per_target heals the healer gives up and says so for as long as it stands, and begins anew after a day of health", async () => {
  const stage = cleanupStage(healer(", limits: { per_target: 2 }"));
  const givenUp = {
    target: "b1",
    reason: "limit-per-target",
    text: "b1 was healed 2 times and is stalled again: the healer gives up, find out who undoes it",
  };
  await stage.put("b1", stalled);
  expect(await stage.run("20:00")).toMatchObject({ closed: [{ target: "b1" }], escalated: [] });
  await stage.put("b1", stalled);
  expect(await stage.run("20:15")).toMatchObject({ closed: [{ target: "b1" }], escalated: [{ target: "b1", reason: "not-helped" }] });
  expect(await stage.run("20:30")).toMatchObject({ escalated: [] }); // The last heal holds, so nobody is called.
  await stage.put("b1", stalled);
  for (const time of ["20:45", "21:00"]) expect(await stage.run(time)).toMatchObject({ closed: [], escalated: [givenUp] });
  await stage.put("b1", { ...stalled, is_complete: true });
  expect(await stage.run("06T20:45")).toMatchObject({ escalated: [givenUp] });
  expect(await stage.run("06T21:00")).toMatchObject({ escalated: [] });
  await stage.put("b1", { ...stalled, created_at: "2026-02-06T19:00:00Z" });
  expect(await stage.run("06T21:15")).toMatchObject({ closed: [{ target: "b1" }] });
});

test("no more than per_hour acts in an hour, over all targets", async () => {
  const stage = cleanupStage(healer(", limits: { per_hour: 2 }"));
  for (const id of ["b1", "b2", "b3"]) await stage.put(id, stalled);
  expect(await stage.run("20:00")).toMatchObject({
    closed: [{ target: "b1" }, { target: "b2" }],
    limited: [{ target: "b3", reason: "per-hour" }],
  });
  expect(await stage.run("20:45")).toMatchObject({ closed: [], limited: [{ target: "b3", reason: "per-hour" }] });
  expect(await stage.run("21:00")).toMatchObject({ closed: [{ target: "b3" }], limited: [] });
});

test.for<[name: string, stalled: number, well: number, expected: "healed" | "stopped"]>([
  ["ten of twenty-four", 10, 14, "stopped"],
  ["ten of twenty-five are the given share, and not more", 10, 15, "healed"],
  ["nine of nine are too few to tell", 9, 0, "healed"],
])("blast radius of 40 %: %s", async ([, count, well, expected]) => {
  const stage = cleanupStage(healer(", limits: { per_hour: 100 }"));
  for (let index = 0; index < count; index++) await stage.put(`s${index}`, stalled);
  for (let index = 0; index < well; index++) await stage.put(`w${index}`, { ...stalled, updated_at: "2026-02-05T19:59:00Z" });
  const report = await stage.run("20:00");
  expect(report.closed).toHaveLength(expected === "healed" ? count : 0);
  expect(report.limited.filter(({ reason }) => reason === "blast-radius")).toHaveLength(expected === "healed" ? 0 : count);
});

test("a blast radius is told instead of all else, and single targets that were told before are not taken for mended", async () => {
  const stage = cleanupStage(healer());
  for (let index = 0; index < 10; index++) await stage.put(`s${index}`, stalled);
  await stage.put("s10", { ...stalled, skipped_players: {} });
  const { observations, complete } = await stage.observe("20:00");
  expect(observations.slice(2)).toEqual([
    {
      subject: { kind: "blast-radius", healer: "batch_cleanup" },
      verdict: "finding",
      severity: "red",
      title: "batch_cleanup: 11 of 11 batches are stalled at one time",
      facts: ["nothing is healed while so many are stalled: look for what they share"],
      next: ["kintsugi doc list prediction_batches", "kintsugi why healer:batch_cleanup:blast-radius"],
      channel: "healing",
    },
    { subject: { kind: "many", healer: "batch_cleanup" }, verdict: "ok" },
  ]);
  expect(complete).toEqual([]);
  expect(stage.last()).toMatchObject({ stalled: 11, escalated: [], closed: [] });
});

test.for<[name: string, change: JsonObject, reason: string, text: RegExp]>([
  ["below the share", { skipped_players: {} }, "below-share", /87\.5 % settled \(119 of 136\)/],
  ["never started", { completed_players: 0, skipped_players: {} }, "never-started", /never started \(0 of 136\)/],
  ["older than a day", { created_at: "2026-02-04T16:00:00Z" }, "too-old", /28 h old/],
  ["not to be read", { expected_players: "many" }, "unreadable", /expected_players has a form that is not known/],
  ["skipped for a transient reason, which does not settle", { skipped_players: { worker_timeout: 17 } }, "below-share", /119 of 136/],
])("a stalled batch that is %s is told and left alone", async ([, change, reason, text]) => {
  const stage = cleanupStage(healer());
  await stage.put("b1", { ...stalled, ...change });
  expect(await stage.run("20:00")).toMatchObject({
    closed: [],
    escalated: [{ target: "b1", reason, text: expect.stringMatching(text) as string }],
  });
  expect(await stage.batch("b1")).toEqual({ ...stalled, ...change });
});

test.for<[name: string, change: JsonObject]>([
  ["is done", { is_complete: true }],
  ["was touched 14 minutes ago", { updated_at: "2026-02-05T19:46:00Z" }],
])("a batch that %s is let be", async ([, change]) => {
  const stage = cleanupStage(healer());
  await stage.put("b1", { ...stalled, ...change });
  expect(await stage.run("20:00")).toMatchObject({ stalled: 0, closed: [], escalated: [], limited: [] });
  expect(await stage.batch("b1")).toEqual({ ...stalled, ...change });
});

test("a collection that does not exist is empty, and that is ok", async () => {
  expect(await cleanupStage(healer()).run("20:00")).toMatchObject({ verdict: "ok", considered: 0, escalated: [] });
});

test("a store that cannot be read is unknown, with its reason, and not ok", async () => {
  const stage = cleanupStage(healer(), {
    documents: () => ({ list: () => Promise.reject(new Failure("transient", "the store is away")) }),
  });
  expect(await stage.observe("20:00")).toMatchObject({
    verdict: "unknown",
    reason: "the store is away",
    healers: [{ verdict: "unknown", reason: "the store is away" }],
    observations: [
      { subject: { kind: "function", function: "cleanup" }, verdict: "unknown", cause: "documents", channel: "healing" },
      {
        subject: { kind: "healer", healer: "batch_cleanup" },
        verdict: "unknown",
        severity: "yellow",
        title: "batch_cleanup cannot look at its batches",
        facts: ["the store is away", "the next run tries again"],
        next: ["kintsugi why unknown:cleanup:batch_cleanup"],
        cause: "documents",
        channel: "healing",
      },
    ],
    complete: [],
  });
});

/** A store in which no batch can be written. */
function refusing(failure: FailureClass): (real: Documents) => Partial<Documents> {
  return (real) => ({
    commit: (change) =>
      change.writes.some(({ collection }) => collection === "prediction_batches")
        ? Promise.reject(new Failure(failure, "the store says no"))
        : real.commit(change),
  });
}

const notClosed = "b1 could not be closed: the store says no";
test.for([
  ["a lasting failure is told", "needs-human", { verdict: "ok", escalated: [{ target: "b1", reason: "errored", text: notClosed }] }],
  ["a passing failure is unknown, and the next run tries again", "transient", { verdict: "unknown", reason: notClosed, escalated: [] }],
] as const)("an act that fails is no heal: %s", async ([, failure, expected]) => {
  const stage = cleanupStage(healer(), { documents: refusing(failure) });
  await stage.put("b1", stalled);
  expect(await stage.run("20:00")).toMatchObject({ closed: [], pending: 0, limited: [{ target: "b1", reason: "errored" }], ...expected });
});

test("an intent that was stored and reported as failed is acted on", async () => {
  const stage = cleanupStage(healer(), {
    documents: (real) => ({
      async commit(change) {
        await real.commit(change);
        if (JSON.stringify(change.publish).includes("healing.requested")) throw new Failure("transient", "the answer was lost");
      },
    }),
  });
  await stage.put("b1", stalled);
  expect(await stage.run("20:00")).toMatchObject({ verdict: "ok", closed: [{ target: "b1" }], escalated: [] });
});

test("an act that worked and was reported as failed is a heal", async () => {
  const stage = cleanupStage(healer(), {
    documents: (real) => ({
      async commit(change) {
        await real.commit(change);
        if (change.writes.some(({ collection }) => collection === "prediction_batches"))
          throw new Failure("transient", "the answer was lost");
      },
    }),
  });
  await stage.put("b1", stalled);
  expect(await stage.run("20:00")).toMatchObject({ closed: [{ target: "b1" }], escalated: [], pending: 1 });
});

test("an act that worked, and of which nobody could learn it, is an act on its target all the same", async () => {
  let [isFailing, isAway] = [false, false];
  const stage = cleanupStage(healer(), {
    documents: (real) => ({
      async get(collection, id) {
        if (isAway && collection === "kintsugi_seen") throw new Failure("transient", "the store is away");
        return await real.get(collection, id);
      },
      async commit(change) {
        await real.commit(change);
        isAway = isFailing && change.writes.some(({ collection }) => collection === "prediction_batches");
        if (isAway) throw new Failure("transient", "the answer was lost");
      },
    }),
  });
  await stage.put("b1", stalled);
  await stage.run("20:00");
  await stage.put("b1", stalled);
  isFailing = true;
  await stage.run("20:15");
  expect(await stage.real.list("kintsugi_heal_targets")).toMatchObject([{ data: { attempts: 2 } }]);
});

test.for<[name: string, id: string]>([
  ["an emoji", "batch-😀"],
  ["a line break", "batch\n1"],
  ["more than 512 characters", "b".repeat(513)],
])("a batch whose id has %s is told and left alone, and stops no other", async ([, id]) => {
  const stage = cleanupStage(healer());
  await stage.put(id, stalled);
  await stage.put("good", stalled);
  const report = await stage.run("20:00");
  expect(report.closed).toMatchObject([{ target: "good" }]);
  expect(report.escalated).toMatchObject([{ target: expect.stringMatching(/^document-[0-9a-f]{12}$/), reason: "unreadable" }]);
  expect(await stage.batch(id)).toEqual(stalled);
});

test("a heal of thousands of members is recorded: its states are told by their size", async () => {
  const stage = cleanupStage(healer());
  const members = Array.from({ length: 5_000 }, (_, index) => `player_${index}`);
  await stage.put("b1", { ...stalled, expected_players: members, completed_players: members, skipped_players: [] });
  await stage.run("20:00");
  await stage.run("20:15");
  expect(stage.completed()).toMatchObject([{ before_state: { completed_players: { members: 5_000 } }, outcome: "effective" }]);
});

test("a heal whose skip reasons are sentences is recorded, and stops no run after it", async () => {
  const stage = cleanupStage(healer());
  const why = (index: number) => `no odds for player ${index}: ${"the feed answered 503 ".repeat(25)}`;
  const skipped = Object.fromEntries(Array.from({ length: 130 }, (_, index) => [`player_${index}`, why(index)]));
  await stage.put("b1", { ...stalled, completed_players: 6, skipped_players: skipped });
  await stage.run("20:00");
  expect(await stage.run("20:15")).toMatchObject({ verdict: "ok", pending: 0 });
  expect(stage.completed()).toMatchObject([{ before_state: { skipped_players: { members: 130 } }, outcome: "effective" }]);
  expect(stage.largest()).toBeLessThan(64 * 1024);
});

test("batches that need a person, and whose skip reasons are sentences, are told of", async () => {
  const stage = cleanupStage(healer());
  const skipped = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`player_${index}`, `${index}: ${"no odds, ".repeat(60)}`]));
  const old = { ...stalled, created_at: "2026-02-03T19:00:00Z", skipped_players: skipped };
  for (let index = 0; index < 50; index++) await stage.put(`b${index}`, old);
  expect((await stage.run("20:00")).escalated).toHaveLength(50);
});

test("a heal that was stored before unlisted skip reasons were kept is proved all the same", async () => {
  const stage = cleanupStage(healer());
  await stage.put("b1", stalled);
  await stage.run("20:00");
  const [pending] = await stage.real.list("kintsugi_heal_pending");
  const { unclassified: _unclassified, ...before } = pending!.data;
  await stage.real.commit({
    writes: [{ op: "set", collection: "kintsugi_heal_pending", id: pending!.id, data: before }],
    publish: [],
    outbox: "x",
  });
  expect(await stage.run("20:15")).toMatchObject({ verdict: "ok", pending: 0 });
  expect(stage.completed()).toMatchObject([{ target: "b1", outcome: "effective" }]);
});

test("a skip reason that nobody has listed stands in the record of the heal", async () => {
  const stage = cleanupStage(healer());
  await stage.put("b1", { ...stalled, skipped_players: { moon_phase: 17 } });
  await stage.run("20:00");
  await stage.run("20:15");
  expect(stage.completed()).toMatchObject([{ cause: { code: "moon_phase" }, metadata: { unclassified: ["moon_phase"] } }]);
});

test("a target that is stalled in another way all day is not forgotten, and not healed beyond its limit", async () => {
  const stage = cleanupStage(healer(", max_age: 7d, limits: { per_target: 1 }"));
  await stage.put("b1", stalled);
  await stage.run("20:00");
  await stage.put("b1", { ...stalled, completed_players: 3 });
  for (const day of ["06", "07"]) for (const time of ["08:00", "20:00"]) await stage.run(`${day}T${time}`);
  await stage.put("b1", stalled);
  expect(await stage.run("07T20:15")).toMatchObject({ closed: [], escalated: [{ target: "b1", reason: "limit-per-target" }] });
});

test("a target that starts anew is healed, and not told of as given up in the same run", async () => {
  const stage = cleanupStage(healer(", max_age: 7d, limits: { per_target: 1 }"));
  await stage.put("b1", stalled);
  await stage.run("20:00");
  await stage.put("b1", stalled);
  expect(await stage.run("06T20:30")).toMatchObject({ closed: [{ target: "b1" }], escalated: [{ target: "b1", reason: "not-helped" }] });
});

test("a batch that needs a person is told as a finding: what is wrong, how it stands, what was done, and what to do", async () => {
  const stage = cleanupStage(healer());
  await stage.put("b1", { ...stalled, skipped_players: {} });
  const { observations, complete } = await stage.observe("20:00");
  expect(observations).toEqual([
    { subject: { kind: "function", function: "cleanup" }, verdict: "ok" },
    { subject: { kind: "healer", healer: "batch_cleanup" }, verdict: "ok" },
    {
      subject: { kind: "target", healer: "batch_cleanup", target: "b1" },
      verdict: "finding",
      severity: "red",
      title: "batch_cleanup: b1 needs a person: it stalled below the share",
      facts: [
        "b1 is 87.5 % settled (119 of 136), below 90 %: look at the workers",
        "119 done + 17 missing of 136, last touched 2026-02-05 19:40 UTC",
        "nothing was done to it",
      ],
      next: ["kintsugi doc get prediction_batches/b1", "kintsugi why b1"],
      channel: "healing",
    },
  ]);
  expect(complete).toEqual([{ kind: "targets", healer: "batch_cleanup" }]);
});

test.for<[name: string, count: number, told: number]>([
  ["nine are told one by one", 9, 9],
  ["ten are told as one", 10, 1],
])("of batches that need a person %s", async ([, count, told]) => {
  const stage = cleanupStage(healer());
  const old = { ...stalled, created_at: "2026-02-03T19:00:00Z" };
  for (let index = 0; index < count; index++) await stage.put(`b${index}`, old);
  await stage.run("20:00");
  expect(stage.told()).toHaveLength(told);
  expect(stage.last().escalated).toHaveLength(count);
});

test("many that need a person are named by reason, and single ones that were told before are not taken for mended", async () => {
  const stage = cleanupStage(healer());
  for (let index = 10; index < 40; index++) await stage.put(`b${index}`, { ...stalled, created_at: "2026-02-03T19:00:00Z" });
  await stage.put("c1", { ...stalled, expected_players: "many" });
  const { observations, complete } = await stage.observe("20:00");
  expect(observations.slice(2)).toEqual([
    {
      subject: { kind: "many", healer: "batch_cleanup" },
      verdict: "finding",
      severity: "red",
      title: "batch_cleanup: 31 batches need a person",
      facts: ["30 too old: b10, b11, b12, b13, b14 and 25 more", "1 that cannot be read: c1"],
      next: ["kintsugi doc list prediction_batches", "kintsugi why healer:batch_cleanup:many"],
      channel: "healing",
      targets: ["c1", ...Array.from({ length: 30 }, (_, index) => `b${index + 10}`)],
    },
    { subject: { kind: "blast-radius", healer: "batch_cleanup" }, verdict: "ok" },
  ]);
  expect(complete).toEqual([]);
});

const saysNo = ', verify: { sql: "select count(*) > 0 from p where id = @target" }';

test("a heal whose proof says no is told with what the proof said, until the proof holds", async () => {
  let holds = false;
  const stage = cleanupStage(healer(saysNo), { query: async () => [{ yes: holds }] });
  await stage.put("b1", stalled);
  await stage.run("20:00");
  const { observations } = await stage.observe("20:15");
  expect(observations[2]).toMatchObject({
    subject: { kind: "target", healer: "batch_cleanup", target: "b1" },
    severity: "red",
    title: "batch_cleanup: b1 needs a person: its heal did not help",
    facts: [
      "the heal of b1 did not help: verify.sql says no",
      "heal 1, closed 2026-02-05 20:00 UTC: ineffective",
      "1 of at most 3 heals are used up",
    ],
    next: ["kintsugi doc get prediction_batches/b1", "kintsugi why b1", 'kintsugi heal release b1 --healer batch_cleanup --reason "…"'],
  });
  await stage.run("23:00");
  expect(stage.told()).toHaveLength(1);
  holds = true;
  await stage.run("23:15");
  expect(stage.told()).toEqual([]);
  expect(stage.completed()).toMatchObject([{ outcome: "ineffective", metadata: { proof: "verify.sql says no" } }]);
});

test("a heal whose proof says no is told for a day at most", async () => {
  const stage = cleanupStage(healer(saysNo));
  await stage.put("b1", stalled);
  await stage.run("20:00");
  await stage.run("06T19:45");
  expect(stage.told()).toHaveLength(1);
  await stage.run("06T20:00");
  expect(stage.told()).toEqual([]);
});

test("a warehouse that is away says nothing of a heal that did not help: it is told as before", async () => {
  let isAway = false;
  const stage = cleanupStage(healer(saysNo), {
    query: () => (isAway ? Promise.reject(new Failure("transient", "the warehouse is away")) : Promise.resolve([])),
  });
  await stage.put("b1", stalled);
  await stage.run("20:00");
  await stage.run("20:15");
  isAway = true;
  await stage.run("20:30");
  expect(stage.told()).toMatchObject([["healer:batch_cleanup:b1", expect.anything(), "the heal of b1 did not help: verify.sql says no"]]);
});

test("a heal that nobody can prove is told as such", async () => {
  const stage = cleanupStage(healer(saysNo), { query: () => Promise.reject(new Failure("permanent", "there is no table p")) });
  await stage.put("b1", stalled);
  await stage.run("20:00");
  await stage.run("20:15");
  expect(stage.told()).toEqual([
    [
      "healer:batch_cleanup:b1",
      "batch_cleanup: b1 needs a person: its heal could not be proved",
      "the heal of b1 could not be proved: there is no table p",
    ],
  ]);
});

test("a batch that is opened again and again is one finding, from the first heal that did not help to the last", async () => {
  const stage = cleanupStage(healer(", limits: { per_target: 2 }"));
  const titles: (readonly (string | undefined)[])[] = [];
  for (const time of ["20:00", "20:15", "20:30", "20:45"]) {
    await stage.put("b1", stalled);
    await stage.run(time);
    titles.push(stage.told().map(([, title]) => title));
  }
  expect(titles).toEqual([
    [],
    ["batch_cleanup: b1 needs a person: its heal did not help"],
    ["batch_cleanup: b1 needs a person: healed 2 times in vain"],
    ["batch_cleanup: b1 needs a person: healed 2 times in vain"],
  ]);
});

test("while healing is paused nothing new is acted on, what was done is proved, and what needs a person is told", async () => {
  const stage = cleanupStage(healer());
  await stage.put("b1", stalled);
  await stage.run("20:00");
  await stage.put("b2", stalled);
  await stage.put("b3", { ...stalled, skipped_players: {} });
  const pause = { type: "healing.paused", healer: "batch_cleanup", actor: "ann", reason: "a migration", until: "2026-02-05T21:00:00Z" };
  expect(await stage.say("20:01", pause)).toEqual([]);
  expect(await stage.run("20:15")).toMatchObject({
    verdict: "ok",
    reason: "paused by ann until 2026-02-05 21:00 UTC: a migration",
    closed: [],
    limited: [{ target: "b2", reason: "paused" }],
    escalated: [{ target: "b3" }],
  });
  expect(stage.completed()).toMatchObject([{ target: "b1", outcome: "effective" }]);
  expect(await stage.run("20:59")).toMatchObject({ closed: [] });
  expect(await stage.run("21:00")).toMatchObject({ closed: [{ target: "b2" }] });
});

test("a pause of all healers holds until somebody resumes, and an older word that comes late changes nothing", async () => {
  const stage = cleanupStage(healer());
  await stage.put("b1", stalled);
  await stage.say("19:59", { type: "healing.paused" });
  expect(await stage.run("20:00")).toMatchObject({ limited: [{ reason: "paused" }] });
  await stage.say("20:01", { type: "healing.resumed", id: "late", time: "2026-02-05T19:00:00Z" });
  expect(await stage.run("20:15")).toMatchObject({ limited: [{ reason: "paused" }] });
  await stage.say("20:16", { type: "healing.resumed", healer: "batch_cleanup" });
  expect(await stage.run("20:30")).toMatchObject({ closed: [{ target: "b1" }] });
});

test("a target that a person releases is healed anew, and its failed heals are forgotten", async () => {
  const stage = cleanupStage(healer(", limits: { per_target: 1 }"));
  await stage.put("b1", stalled);
  await stage.run("20:00");
  await stage.put("b1", stalled);
  expect(await stage.run("20:15")).toMatchObject({ closed: [], escalated: [{ target: "b1", reason: "limit-per-target" }] });
  expect(await stage.say("20:16", { type: "heal.released", healer: "batch_cleanup", target: "b1" })).toEqual([]);
  expect(await stage.run("20:30")).toMatchObject({ closed: [{ target: "b1" }], escalated: [] });
});

test("a release that comes while a run looks is not undone by it", async () => {
  let isReleasing = false;
  const release = async (): Promise<void> => {
    isReleasing = false;
    await stage.say("20:15", { type: "heal.released", healer: "batch_cleanup", target: "b1" });
  };
  const stage = cleanupStage(healer(", limits: { per_target: 1 }"), {
    documents: (real) => ({
      async list(collection, query) {
        const found = await real.list(collection, query);
        if (isReleasing && collection === "prediction_batches") await release();
        return found;
      },
    }),
  });
  await stage.put("b1", stalled);
  await stage.run("20:00");
  await stage.put("b1", stalled);
  isReleasing = true;
  expect(await stage.run("20:15")).toMatchObject({ closed: [{ target: "b1" }] });
});

test.for<[name: string, event: JsonObject, reason: string]>([
  [
    "a healer that there is not",
    { type: "healing.paused", healer: "batch_cleanpu" },
    "there is no healer batch_cleanpu: did you mean batch_cleanup?",
  ],
  [
    "a target that nobody remembers",
    { type: "heal.released", healer: "batch_cleanup", target: "b9" },
    "batch_cleanup remembers nothing of b9, so there is nothing to release",
  ],
  ["an approval", { type: "heal.approved", healer: "batch_cleanup", target: "b1" }, "nothing is proposed: batch_cleanup heals by itself"],
  ["an undoing", { type: "heal.undone", healer: "batch_cleanup", target: "b1" }, "an act cannot be undone yet"],
])("what an operator says and nobody can act on is refused with the reason: %s", async ([, event, reason]) => {
  expect(await cleanupStage(healer()).say("20:00", event)).toEqual([reason]);
});

test("an operator's word that is for others is none of the healers' business", async () => {
  expect(await cleanupStage(healer()).say("20:00", { type: "mode.set", mode: "maintenance" })).toEqual([]);
});

test.for<[name: string, change: JsonObject, reason: string]>([
  ["a time in microseconds", { created_at: 1_770_318_000_000_000, updated_at: 1_770_320_400_000_000 }, "unreadable"],
  ["a time decades ahead", { updated_at: "2062-03-03T11:00:00Z" }, "time-ahead"],
])("a batch whose times cannot be trusted is told and left alone, and not taken for busy: %s", async ([, change, reason]) => {
  const stage = cleanupStage(healer());
  await stage.put("b1", { ...stalled, ...change });
  expect(await stage.run("20:00")).toMatchObject({ stalled: 0, closed: [], escalated: [{ target: "b1", reason }] });
});

test("what version 0.1.0 remembered of a target is read", async () => {
  const stage = cleanupStage(healer(", limits: { per_target: 1 }"));
  await stage.put("b1", stalled);
  await stage.run("20:00");
  const [target] = await stage.real.list("kintsugi_heal_targets");
  const { lastStalledMs, ...rest } = target!.data;
  await stage.real.commit({
    writes: [{ op: "set", collection: "kintsugi_heal_targets", id: target!.id, data: { ...rest, lastSickMs: lastStalledMs! } }],
    publish: [],
    outbox: "x",
  });
  await stage.put("b1", stalled);
  expect(await stage.run("20:15")).toMatchObject({ closed: [], escalated: [{ target: "b1", reason: "limit-per-target" }] });
});
