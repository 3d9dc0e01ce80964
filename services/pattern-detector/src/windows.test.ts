import type { Pattern } from "@kintsugi/config/model";
import { derivedId, type EventOf } from "@kintsugi/events/event";
import type { Document, Documents, Write } from "@kintsugi/ports/documents";
import type { JsonObject } from "@kintsugi/ports/json";
import { expect, test } from "vitest";
import { seededRandom } from "../test-support/seeded-random.ts";
import { unitOfWork } from "./unit-of-work.ts";
import { openWindows, type Window } from "./windows.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const start = Date.parse("2026-02-05T14:00:00Z");
const windows = "kintsugi_windows";
const segments = "kintsugi_window_segments";

function pattern(name: string, by: Pattern["by"], withinMs: number): Pattern {
  const incidents = { openAfter: 1, closeAfter: 1, unknownAfter: 2, remindMs: hour, reopenMs: hour, openDaysMs: hour };
  const condition = { op: ">=", value: 3, timesExpected: false, text: ">= 3" } as const;
  return { name, by, withinMs, severity: "yellow", rule: { kind: "count", condition }, incidents };
}
const patterns = [
  pattern("short", "healing_type", 5 * minute),
  pattern("middle", "healing_type", hour),
  pattern("long", "healing_type", 3 * hour),
  pattern("of-target", "target", hour),
];

type Act = { readonly kind: string; readonly target: string; readonly timeMs: number; readonly isBad: boolean };

function healOf({ kind, target, timeMs, isBad }: Act): EventOf<"healing.completed"> {
  const outcome = isBad ? "errored" : "effective";
  const data = { healing_type: kind, target, outcome, cause: { code: "stalled" }, actor: "healer" };
  return { id: `h${timeMs}`, source: "test", type: "healing.completed", time: new Date(timeMs).toISOString(), data } as never;
}

type Usage = { reads: number; writes: number; queries: number; largest: number };

/** Documents in memory that count what is asked of them; each step is one unit of work, stored when it is done. */
function stage() {
  const stored = new Map<string, Map<string, { json: string; version: string; expiresMs: number | undefined }>>();
  const usage: Usage = { reads: 0, writes: 0, queries: 0, largest: 0 };
  let versions = 0;
  const of = (collection: string) => stored.get(collection) ?? stored.set(collection, new Map()).get(collection)!;
  const find = (collection: string, id: string): Document | undefined => {
    const found = of(collection).get(id);
    return found === undefined ? undefined : { id, data: JSON.parse(found.json) as JsonObject, version: found.version };
  };
  const get = async (collection: string, id: string): Promise<Document | undefined> => {
    usage.reads++;
    return find(collection, id);
  };
  const documents = {
    get,
    getMany: (collection: string, ids: readonly string[]) => Promise.all(ids.map((id) => get(collection, id))),
    async list(collection: string, { from = "", to = "~~~" } = {}) {
      usage.queries++;
      const ids = [...of(collection).keys()].filter((id) => id >= from && id < to).sort();
      return ids.map((id) => find(collection, id)!);
    },
  } as unknown as Documents;
  function apply(write: Write): void {
    usage.writes++;
    const before = of(write.collection).get(write.id);
    if (write.op === "create") expect(before).toBeUndefined();
    if ("version" in write) expect(before?.version).toBe(write.version);
    if (write.op === "delete") return void of(write.collection).delete(write.id);
    const json = JSON.stringify(write.data);
    usage.largest = Math.max(usage.largest, json.length);
    of(write.collection).set(write.id, { json, version: String(++versions), expiresMs: write.expiresMs });
  }
  async function step<T>(run: (session: ReturnType<typeof openWindows>) => Promise<T>): Promise<T> {
    const work = unitOfWork(documents);
    const result = await run(openWindows(work));
    for (const write of work.writes()) apply(write);
    return result;
  }
  return {
    usage,
    of,
    put: (collection: string, id: string, data: JsonObject) => apply({ op: "set", collection, id, data }),
    add: (act: Act, nowMs: number, which: readonly Pattern[] = patterns) => step((session) => session.add(which, healOf(act), nowMs)),
    addAll: (acts: readonly Act[], nowMs: number) =>
      step(async (session) => {
        for (const act of acts) await session.add(patterns, healOf(act), nowMs);
      }),
    advance: (which: Pattern, value: string, nowMs: number) => step((session) => session.advance(which, value, nowMs)),
    /** Where nothing was counted, the window says nothing. */
    stands: async (which: Pattern, value: string, nowMs: number): Promise<Window> => {
      const { reads, writes } = usage;
      const window = await openWindows(unitOfWork(documents)).advance(which, value, nowMs);
      Object.assign(usage, { reads, writes });
      return window;
    },
  };
}

/** All that ever came, counted anew each time. */
function oracle() {
  const came = new Map<string, { readonly timeMs: number; readonly isBad: boolean }[]>();
  const of = (by: string, value: string) => came.get(`${by} ${value}`) ?? came.set(`${by} ${value}`, []).get(`${by} ${value}`)!;
  return {
    take({ kind, target, timeMs, isBad }: Act, nowMs: number): void {
      const act = { timeMs: Math.min(timeMs, nowMs), isBad };
      of("healing_type", kind).push(act);
      of("target", target).push(act);
    },
    count({ by, withinMs }: Pattern, value: string, nowMs: number) {
      let total = 0;
      let bad = 0;
      let times: number[] = [];
      const all = of(by, value);
      // From the end, so that the newest are found soon.
      for (let index = all.length - 1; index >= 0; index--) {
        const { timeMs, isBad } = all[index]!;
        if (timeMs <= nowMs - withinMs) continue;
        total++;
        if (isBad) bad++;
        if (times.length < 3 || timeMs > times[0]!) times = [...times, timeMs].sort((a, b) => a - b).slice(-3);
      }
      return { total, bad, times };
    },
  };
}

const counts = ({ total, bad, recent }: Window) => ({ total, bad, times: recent.map(({ timeMs }) => timeMs) });

/** Mostly in order; a tenth late by any amount, some at the very edge of a window, some at the time of another, some ahead of our clock. */
function nextTime(random: () => number, nowMs: number, lastMs: number): number {
  const draw = random();
  if (draw < 0.7) return nowMs - Math.floor(random() * 200);
  if (draw < 0.78) return lastMs;
  if (draw < 0.84) return nowMs + Math.floor(random() * hour);
  if (draw < 0.88) return nowMs - patterns[Math.floor(random() * 3)]!.withinMs + Math.floor(random() * 3) - 1;
  return nowMs - Math.floor(random() * random() * 4 * hour);
}

/** @param length a step is one unit of work of up to three events, or a look at a later time */
function storyOf(seed: number, length: number): readonly { nowMs: number; acts: readonly Act[] }[] {
  const { next: random } = seededRandom(seed);
  let nowMs = start;
  let lastMs = start;
  return Array.from({ length }, () => {
    // Now and then nothing happens for a while, and all windows empty in part.
    nowMs += random() < 0.0005 ? Math.floor(random() * 2 * hour) : Math.floor(random() * random() * 4 * second);
    const acts = Array.from({ length: Math.floor(random() * 4) }, () => {
      lastMs = nextTime(random, nowMs, lastMs);
      return { kind: random() < 0.85 ? "retry" : "cleanup", target: `t${Math.floor(random() * 3)}`, timeMs: lastMs, isBad: random() < 0.3 };
    });
    return { nowMs, acts };
  });
}

/** `npm test` plays a short story, KINTSUGI_DEEP=1 three long ones. */
const stories =
  process.env["KINTSUGI_DEEP"] === undefined ? [{ seed: 1, length: 1_500 }] : [1, 2, 3].map((seed) => ({ seed, length: 5_000 }));

test.for(stories)("windows count as if all that came were counted anew (story $seed)", { timeout: 120_000 }, async ({ seed, length }) => {
  const detector = stage();
  const truth = oracle();
  let events = 0;
  let most = 0;
  for (const [index, { nowMs, acts }] of storyOf(seed, length).entries()) {
    await detector.addAll(acts, nowMs);
    for (const act of acts) truth.take(act, nowMs);
    events += acts.length;
    // What was counted wrongly stays wrong until it has left the window.
    if (index % 5 !== 0) continue;
    const { target, kind } = acts.at(-1) ?? { target: "t0", kind: "retry" };
    for (const which of patterns) {
      const value = which.by === "target" ? target : kind;
      const window = await detector.stands(which, value, nowMs);
      expect({ index, name: which.name, ...counts(window) }).toEqual({ index, name: which.name, ...truth.count(which, value, nowMs) });
      most = Math.max(most, window.total);
    }
  }
  expect(events).toBeGreaterThan(1.4 * length);
  expect(most).toBeGreaterThan(length / 5);
  expect(detector.usage.queries).toBe(0);
  expect(detector.usage.largest).toBeLessThan(64 * 1024);
});

/** In order, one each second. */
async function fill(detector: ReturnType<typeof stage>, count: number, change: Partial<Act> = {}): Promise<number> {
  for (let done = 0; done < count; done += 100) {
    const acts = Array.from({ length: Math.min(100, count - done) }, (_, index) => actAt(start + (done + index) * second, change));
    await detector.addAll(acts, acts.at(-1)!.timeMs);
  }
  return start + (count - 1) * second;
}

function actAt(timeMs: number, change: Partial<Act> = {}): Act {
  return { kind: "retry", target: "t0", timeMs, isBad: false, ...change };
}

test("an event that is exactly as old as the window is long is out of it", async () => {
  const detector = stage();
  await detector.add(actAt(start), start);
  expect((await detector.stands(patterns[0]!, "retry", start + 5 * minute - 1)).total).toBe(1);
  expect((await detector.stands(patterns[0]!, "retry", start + 5 * minute)).total).toBe(0);
  const counted = await detector.add(actAt(start), start + 5 * minute);
  expect(counted.map(({ pattern: { name } }) => name)).toEqual(["middle", "long", "of-target"]);
});

test("an event that is too old for all windows reads and writes nothing", async () => {
  const detector = stage();
  expect(await detector.add(actAt(start - 3 * hour), start)).toEqual([]);
  expect(detector.usage).toMatchObject({ reads: 0, writes: 0 });
});

test("an event costs one read and one write for each `by`, and a few more where a segment is full or left", async () => {
  const detector = stage();
  let nowMs = await fill(detector, 12_000);
  Object.assign(detector.usage, { reads: 0, writes: 0 });
  let most = 0;
  for (let event = 0; event < 1_000; event++) {
    const before = { ...detector.usage };
    await detector.add(actAt((nowMs += second)), nowMs);
    most = Math.max(most, detector.usage.reads - before.reads, detector.usage.writes - before.writes);
  }
  const { reads, writes, queries, largest } = detector.usage;
  expect({ queries, most: most <= 10, reads: reads / 2_000 < 1.04, writes: writes / 2_000 < 1.04 }).toEqual({
    queries: 0,
    most: true,
    reads: true,
    writes: true,
  });
  expect(largest).toBeLessThan(16 * 1024);
  // What the longest window needs, an index, and the window itself.
  expect(detector.of(segments).size).toBeLessThan(10_800 / 256 + 3_600 / 256 + 6);
});

test("a look at a window writes nothing, unless it had to read what the next look would read again", async () => {
  const detector = stage();
  const nowMs = await fill(detector, 3_000);
  Object.assign(detector.usage, { reads: 0, writes: 0 });
  const looks: unknown[] = [];
  for (const laterMs of [nowMs, nowMs + 10 * minute, nowMs + 10 * minute + second, nowMs + 3 * hour]) {
    const before = { ...detector.usage };
    const { total } = await detector.advance(patterns[1]!, "retry", laterMs);
    looks.push([total, detector.usage.reads - before.reads, detector.usage.writes - before.writes]);
  }
  expect(looks).toEqual([
    [3_000, 1, 0],
    [3_000, 1, 0],
    [2_999, 1, 0],
    [0, 2, 1],
  ]);
  expect(await detector.advance(patterns[1]!, "cleanup", nowMs)).toMatchObject({ total: 0, recent: [] });
});

test("late events that all belong to one moment are kept in small documents, and leave when their time has come", async () => {
  const detector = stage();
  const nowMs = await fill(detector, 3_000);
  for (let round = 0; round < 30; round++) {
    const acts = Array.from({ length: 100 }, (_, index) =>
      actAt(start + 500 * second + ((index * 7 + round) % 300), { isBad: index % 2 === 0 }),
    );
    await detector.addAll(acts, nowMs);
  }
  expect(detector.usage.largest).toBeLessThan(16 * 1024);
  expect(await detector.stands(patterns[2]!, "retry", nowMs)).toMatchObject({ total: 6_000, bad: 1_500 });
  expect(await detector.advance(patterns[2]!, "retry", start + 3 * hour + 499 * second)).toMatchObject({ total: 5_500, bad: 1_500 });
  expect(await detector.advance(patterns[2]!, "retry", start + 3 * hour + 501 * second)).toMatchObject({ total: 2_498, bad: 0 });
});

test("a window that begins among events that split its segment goes on where it was", async () => {
  const detector = stage();
  const truth = oracle();
  const nowMs = await fill(detector, 501);
  for (let event = 0; event < 501; event++) truth.take(actAt(start + event * second), nowMs);
  const late = Array.from({ length: 300 }, (_, index) => actAt(start + 100 * second + index, { isBad: index % 2 === 0 }));
  await detector.addAll(late, nowMs);
  for (const act of late) truth.take(act, nowMs);
  for (const which of patterns.slice(0, 3)) {
    for (const laterMs of [nowMs, nowMs + 30 * second, nowMs + 100 * second, nowMs + hour - 2 * minute, nowMs + hour, nowMs + 3 * hour])
      expect(counts(await detector.advance(which, "retry", laterMs))).toEqual(truth.count(which, "retry", laterMs));
  }
});

test("a window that has emptied and fills again needs no stored segment", async () => {
  const detector = stage();
  const nowMs = await fill(detector, 2_000);
  expect(detector.of(segments).size).toBeGreaterThan(10);
  const laterMs = nowMs + 4 * hour;
  expect((await detector.add(actAt(laterMs), laterMs)).map(({ window }) => window.total)).toEqual([1, 1, 1, 1]);
  expect(detector.of(segments).size).toBe(0);
});

test("a clock that is set back moves no window back, and nothing is counted that cannot leave", async () => {
  const detector = stage();
  const nowMs = await fill(detector, 2_000);
  await detector.add(actAt(nowMs + 2 * hour), nowMs + 2 * hour);
  for (let event = 0; event < 400; event++) await detector.add(actAt(nowMs - event * 7 * second, { isBad: event % 2 === 0 }), nowMs);
  expect((await detector.stands(patterns[2]!, "retry", nowMs + 2 * hour)).total).toBe(2_401);
  for (const which of patterns.slice(0, 3)) {
    expect(await detector.advance(which, "retry", nowMs + 2 * hour + which.withinMs)).toMatchObject({ total: 0, bad: 0 });
  }
});

test.for<[what: string, lost: RegExp]>([
  ["its index", /~index$/],
  ["its stored segments", /~\d+$/],
  ["both", /~/],
])("a window that has lost %s counts on with what is left", async ([, lost]) => {
  const detector = stage();
  const truth = oracle();
  const lostMs = await fill(detector, 6_000, { isBad: true });
  for (const id of [...detector.of(segments).keys()]) if (lost.test(id)) detector.of(segments).delete(id);
  // So many that what was lost is split.
  const many = Array.from({ length: 700 }, () => actAt(lostMs - 80 * minute, { isBad: true }));
  await detector.addAll(many, lostMs);
  for (const act of many) truth.take(act, lostMs);
  const counted: unknown[] = [];
  const expected: unknown[] = [];
  for (let event = 1; event <= 1_000; event++) {
    const act = actAt(lostMs + event * 20 * second, { isBad: event % 3 === 0 });
    for (const each of [act, actAt(act.timeMs - 2 * hour)]) {
      await detector.add(each, act.timeMs);
      truth.take(each, act.timeMs);
    }
    const window = await detector.stands(patterns[2]!, "retry", act.timeMs);
    expect(window.total).toBeGreaterThanOrEqual(truth.count(patterns[2]!, "retry", act.timeMs).total);
    if (act.timeMs <= lostMs + 3 * hour) continue;
    counted.push(counts(window));
    expected.push(truth.count(patterns[2]!, "retry", act.timeMs));
  }
  expect(counted).toEqual(expected);
  expect(counted.length).toBeGreaterThan(400);
});

test("everything expires a day after it has left the longest window", async () => {
  const detector = stage();
  const nowMs = await fill(detector, 600);
  const dayMs = 24 * hour;
  const kept = [...detector.of(windows).values()].map(({ expiresMs }) => expiresMs! - nowMs - dayMs).sort((a, b) => a - b);
  expect(kept).toEqual([hour, 3 * hour]);
  for (const { expiresMs } of detector.of(segments).values()) expect(expiresMs).toBeGreaterThan(start + dayMs + hour);
});

test("a pattern that is new counts what is kept for the others, and one that is gone holds nothing back", async () => {
  const detector = stage();
  const [short, middle, long] = patterns as [Pattern, Pattern, Pattern];
  let nowMs = start;
  for (let event = 0; event < 1_500; event++) await detector.add(actAt((nowMs += second)), nowMs, [short, long]);
  const counted = await detector.add(actAt((nowMs += second)), nowMs, [short, middle, long]);
  expect(counted.map(({ window }) => window.total)).toEqual([300, 1_501, 1_501]);
  for (let event = 0; event < 1_500; event++) await detector.add(actAt((nowMs += second)), nowMs, [short]);
  expect(detector.of(segments).size).toBeLessThan(5);
});

/** As the version before stored it: a row per event and pattern, and a summary per pattern. */
function storeOld(detector: ReturnType<typeof stage>, acts: readonly Act[], upToMs: number): void {
  for (const { name, by, withinMs } of patterns) {
    const inside = acts.filter(({ timeMs }) => by === "healing_type" && timeMs > upToMs - withinMs);
    if (inside.length === 0) continue;
    const id = derivedId(name, "retry");
    for (const { timeMs, isBad } of inside)
      detector.put("kintsugi_window_rows", `${id}~${String(timeMs).padStart(14, "0")}~${derivedId(String(timeMs))}`, {
        bad: isBad,
      });
    const told = inside.map(({ timeMs, target, isBad }) => ({
      timeMs,
      target,
      cause: "stalled",
      outcome: isBad ? "errored" : "effective",
    }));
    const recentBad = told.filter(({ outcome }) => outcome === "errored").slice(-3);
    const counted = { total: inside.length, bad: inside.filter(({ isBad }) => isBad).length, upToMs, waiting: 0 };
    detector.put(windows, id, { pattern: name, value: "retry", ...counted, recent: told.slice(-3), recentBad });
  }
}

test("what the version before has stored is counted on, once, and nothing of it is left", async () => {
  const detector = stage();
  const truth = oracle();
  const acts = Array.from({ length: 900 }, (_, index) => actAt(start + index * 10 * second, { isBad: index % 4 === 0 }));
  const nowMs = acts.at(-1)!.timeMs + second;
  storeOld(detector, acts, nowMs);
  for (const act of acts) truth.take(act, nowMs);
  const before = detector.usage.writes;
  for (const which of patterns.slice(0, 3))
    expect(counts(await detector.advance(which, "retry", nowMs))).toEqual(truth.count(which, "retry", nowMs));
  expect(detector.usage.writes).toBe(before);
  for (let event = 1; event < 200; event++) {
    const act = actAt(nowMs + event * 30 * second);
    await detector.add(act, act.timeMs);
    truth.take(act, act.timeMs);
    for (const which of patterns.slice(0, 3))
      expect(counts(await detector.stands(which, "retry", act.timeMs))).toEqual(truth.count(which, "retry", act.timeMs));
  }
  expect(detector.of("kintsugi_window_rows").size).toBe(0);
  expect(detector.of(windows).size).toBe(2);
});
