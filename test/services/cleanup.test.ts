import { cleanup } from "@kintsugi/cleanup/function";
import type { HealingCompleted } from "@kintsugi/events/healing";
import type { HealerRun } from "@kintsugi/events/runs";
import type { Dependencies } from "@kintsugi/function-kit/declaration";
import { performRun } from "@kintsugi/function-kit/perform-run";
import type { Change, Documents } from "@kintsugi/ports/documents";
import { Failure, type FailureClass } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import { expect, test } from "vitest";
import { configOf, openDocuments } from "../support/service-stage.ts";

const healer = (rest = "") =>
  `healers:\n  batch_cleanup: { batches: prediction_batches, reasons: { permanent: [player_injury_out], transient: [worker_timeout] }${rest} }`;

/** Twenty minutes idle at 20:00: 119 done and 17 skipped of 136. */
const stalled: JsonObject = {
  expected_players: 136,
  completed_players: 119,
  skipped_players: { player_injury_out: 17 },
  is_complete: false,
  created_at: "2026-02-05T19:00:00Z",
  updated_at: "2026-02-05T19:40:00Z",
};

type World = { readonly documents?: (real: Documents) => Partial<Documents>; readonly query?: () => Promise<readonly JsonObject[]> };

/** A cleanup on real documents; `run` is one scheduled run, stored as the shell stores it. */
function cleanupStage(text: string, world: World = {}) {
  const stage = openDocuments();
  const documents = { ...stage.documents, ...world.documents?.(stage.documents) };
  let nowMs = 0;
  const query = world.query ?? (async () => []);
  const dependencies = {
    config: configOf(text),
    documents,
    warehouse: { dialect: "duckdb", query: async () => ({ rows: await query(), bytes: 0 }) },
    clock: { now: () => nowMs },
  } as unknown as Dependencies;
  const perform = performRun(cleanup, dependencies, () => {});
  const at = (time: string): number => Date.parse(`2026-02-${time.includes("T") ? "" : "05T"}${time}:00Z`);
  return {
    /** @param due where the run comes later than it was due */
    async run(time: string, due = time, commit?: (change: Change) => Promise<void>): Promise<HealerRun> {
      nowMs = at(time);
      const { healers } = await perform({ dueMs: at(due) }, commit);
      return healers![0]!;
    },
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
  expect(report).toMatchObject({ verdict: "ok", considered: 1, sick: 1, pending: 1, closed: [{ target: "b1" }], told: [], refused: [] });
  expect(await stage.batch("b1")).toEqual({
    ...stalled,
    owner: "someone",
    is_complete: true,
    auto_completed: true,
    auto_completed_reason: "stalled: 119 done + 17 skipped of 136, idle 20 min",
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
  expect(await stage.run("20:00")).toMatchObject({ closed: [], told: [], pending: 0 });
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
  expect(await stage.run("20:01", "20:00")).toMatchObject({ closed: [{ target: "b1" }], refused: [], pending: 1 });
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

test("what is sick again right after its heal waits for the proof, then for the cooldown", async () => {
  const stage = cleanupStage(healer(", limits: { cooldown: 30m }"));
  await stage.put("b1", stalled);
  await stage.run("20:00");
  await stage.put("b1", stalled);
  expect(await stage.run("20:04")).toMatchObject({ refused: [{ target: "b1", reason: "waits-for-proof" }] });
  expect(await stage.run("20:15")).toMatchObject({ refused: [{ target: "b1", reason: "cooldown" }], closed: [] });
  expect(await stage.run("20:30")).toMatchObject({ refused: [], closed: [{ target: "b1" }] });
});

test("after per_target heals the healer gives up and says so for as long as it stands, and begins anew after a day of health", async () => {
  const stage = cleanupStage(healer(", limits: { per_target: 2 }"));
  const told = {
    target: "b1",
    reason: "limit-per-target",
    text: "b1 was healed 2 times and is sick again: the healer gives up, find out who undoes it",
  };
  for (const time of ["20:00", "20:15"]) {
    await stage.put("b1", stalled);
    expect(await stage.run(time)).toMatchObject({ closed: [{ target: "b1" }], told: [] });
  }
  expect(await stage.run("20:30")).toMatchObject({ told: [] }); // The last heal holds: nobody is called.
  await stage.put("b1", stalled);
  for (const time of ["20:45", "21:00"]) expect(await stage.run(time)).toMatchObject({ closed: [], told: [told] });
  await stage.put("b1", { ...stalled, is_complete: true });
  expect(await stage.run("06T20:45")).toMatchObject({ told: [told] });
  expect(await stage.run("06T21:00")).toMatchObject({ told: [] });
  await stage.put("b1", { ...stalled, created_at: "2026-02-06T19:00:00Z" });
  expect(await stage.run("06T21:15")).toMatchObject({ closed: [{ target: "b1" }] });
});

test("no more than per_hour acts in an hour, over all targets", async () => {
  const stage = cleanupStage(healer(", limits: { per_hour: 2 }"));
  for (const id of ["b1", "b2", "b3"]) await stage.put(id, stalled);
  expect(await stage.run("20:00")).toMatchObject({
    closed: [{ target: "b1" }, { target: "b2" }],
    refused: [{ target: "b3", reason: "per-hour" }],
  });
  expect(await stage.run("20:45")).toMatchObject({ closed: [], refused: [{ target: "b3", reason: "per-hour" }] });
  expect(await stage.run("21:00")).toMatchObject({ closed: [{ target: "b3" }], refused: [] });
});

test.for<[name: string, sick: number, well: number, expected: "healed" | "stopped"]>([
  ["ten of twenty-four", 10, 14, "stopped"],
  ["ten of twenty-five are the given share, and not more", 10, 15, "healed"],
  ["nine of nine are too few to tell", 9, 0, "healed"],
])("blast radius of 40 %: %s", async ([, sick, well, expected]) => {
  const stage = cleanupStage(healer(", limits: { per_hour: 100 }"));
  for (let index = 0; index < sick; index++) await stage.put(`s${index}`, stalled);
  for (let index = 0; index < well; index++) await stage.put(`w${index}`, { ...stalled, updated_at: "2026-02-05T19:59:00Z" });
  const report = await stage.run("20:00");
  const stopped = [
    {
      target: "blast-radius",
      reason: "blast-radius",
      text: `${sick} of ${sick + well} batches are stalled at one time: nothing is healed, look for what they share`,
    },
  ];
  expect(report.closed).toHaveLength(expected === "healed" ? sick : 0);
  expect(report.told).toEqual(expected === "healed" ? [] : stopped);
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
    told: [{ target: "b1", reason, text: expect.stringMatching(text) as string }],
  });
  expect(await stage.batch("b1")).toEqual({ ...stalled, ...change });
});

test.for<[name: string, change: JsonObject]>([
  ["is done", { is_complete: true }],
  ["was touched 14 minutes ago", { updated_at: "2026-02-05T19:46:00Z" }],
])("a batch that %s is let be", async ([, change]) => {
  const stage = cleanupStage(healer());
  await stage.put("b1", { ...stalled, ...change });
  expect(await stage.run("20:00")).toMatchObject({ sick: 0, closed: [], told: [], refused: [] });
  expect(await stage.batch("b1")).toEqual({ ...stalled, ...change });
});

test("a collection that does not exist is empty, and that is ok", async () => {
  expect(await cleanupStage(healer()).run("20:00")).toMatchObject({ verdict: "ok", considered: 0, told: [] });
});

test("a store that cannot be read is unknown, with its reason, and not ok", async () => {
  const stage = cleanupStage(healer(), {
    documents: () => ({ list: () => Promise.reject(new Failure("transient", "the store is away")) }),
  });
  expect(await stage.run("20:00")).toMatchObject({ verdict: "unknown", reason: "the store is away" });
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
  ["a lasting failure is told", "needs-human", { verdict: "ok", told: [{ target: "b1", reason: "errored", text: notClosed }] }],
  ["a passing failure is unknown, and the next run tries again", "transient", { verdict: "unknown", reason: notClosed, told: [] }],
] as const)("an act that fails is no heal: %s", async ([, failure, expected]) => {
  const stage = cleanupStage(healer(), { documents: refusing(failure) });
  await stage.put("b1", stalled);
  expect(await stage.run("20:00")).toMatchObject({ closed: [], pending: 0, refused: [{ target: "b1", reason: "errored" }], ...expected });
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
  expect(await stage.run("20:00")).toMatchObject({ verdict: "ok", closed: [{ target: "b1" }], told: [] });
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
  expect(await stage.run("20:00")).toMatchObject({ closed: [{ target: "b1" }], told: [], pending: 1 });
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
  expect(report.told).toMatchObject([{ target: expect.stringMatching(/^document-[0-9a-f]{12}$/), reason: "unreadable" }]);
  expect(await stage.batch(id)).toEqual(stalled);
});

test("more than fifty that need a person are told of together", async () => {
  const stage = cleanupStage(healer());
  const old = { ...stalled, created_at: "2026-02-03T19:00:00Z" };
  for (let index = 0; index < 51; index++) await stage.put(`b${index}`, old);
  const report = await stage.run("20:00");
  expect(report).toMatchObject({ sick: 51, told: [{ target: "many", text: expect.stringContaining("51 batches need a person") }] });
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
  expect((await stage.run("20:00")).told).toHaveLength(50);
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

test("a target that is sick in another way all day is not forgotten, and not healed beyond its limit", async () => {
  const stage = cleanupStage(healer(", max_age: 7d, limits: { per_target: 1 }"));
  await stage.put("b1", stalled);
  await stage.run("20:00");
  await stage.put("b1", { ...stalled, completed_players: 3 });
  for (const day of ["06", "07"]) for (const time of ["08:00", "20:00"]) await stage.run(`${day}T${time}`);
  await stage.put("b1", stalled);
  expect(await stage.run("07T20:15")).toMatchObject({ closed: [], told: [{ target: "b1", reason: "limit-per-target" }] });
});

test("a target that starts anew is healed, and not told of as given up in the same run", async () => {
  const stage = cleanupStage(healer(", max_age: 7d, limits: { per_target: 1 }"));
  await stage.put("b1", stalled);
  await stage.run("20:00");
  await stage.put("b1", stalled);
  expect(await stage.run("06T20:30")).toMatchObject({ closed: [{ target: "b1" }], told: [] });
});
