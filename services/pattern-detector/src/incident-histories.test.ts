import type { IncidentChanged } from "@kintsugi/events/alerts";
import { expect, test } from "vitest";
import { deliverTo } from "../test-support/chat-book.ts";
import { emptyBoard, playFact } from "../test-support/play-facts.ts";
import { seededRandom } from "../test-support/seeded-random.ts";
import { playService } from "../test-support/service-board.ts";
import { drawHistory, type Failure, follow, PER_SEED, walk } from "../test-support/walk.ts";
import {
  type Call,
  type Fact,
  gate,
  gateKey,
  HOUR,
  middle,
  MINUTE,
  type Seen,
  START_MS,
  upstream,
  upstreamKey,
  type World,
  worlds,
} from "../test-support/world.ts";

/** All of them take ten seconds: `npm test` plays a tenth, and KINTSUGI_DEEP=1 all. */
const HISTORIES = process.env["KINTSUGI_DEEP"] === undefined ? 10_000 : 100_000;

function told({ seed, world, history, wrong }: Failure): string {
  return [`seed ${seed}`, JSON.stringify(world.rules), ...history.map((fact) => JSON.stringify(fact)), ...wrong].join("\n");
}

test(`after each step of ${HISTORIES} histories all is as the rules say, and people have heard what they should`, () => {
  for (let seed = 1; seed <= HISTORIES / PER_SEED; seed++) {
    const failure = walk(seed);
    expect(failure === undefined ? "" : told(failure)).toBe("");
  }
}, 120_000);

type Told = readonly [after: number, subject: Seen["subject"], verdict: Seen["verdict"], words?: Partial<Seen>];

function said([after, subject, verdict, words = {}]: Told): Fact {
  const atMs = START_MS + after * MINUTE;
  const by = subject.kind === "gate" ? "gate" : "canary";
  const seen = { subject, verdict, severity: verdict === "unknown" ? "yellow" : "red", ...words } as const;
  return { kind: "look", by, stream: by === "gate" ? (words.day ?? "") : "run", atMs, nowMs: atMs, seen: [seen] };
}

function late(fact: Fact, minutes: number): Fact {
  return { ...fact, nowMs: fact.nowMs + minutes * MINUTE };
}

function both(...facts: readonly Fact[]): Fact {
  const [first] = facts;
  const seen = facts.flatMap((fact) => (fact.kind === "look" ? fact.seen : []));
  return first!.kind === "look" ? { ...first!, seen } : first!;
}

const one = { day: "2026-11-22" };
const two = { day: "2026-11-23" };
const shared = { cause: "warehouse" };
const silenced = (after: number, until: number): Fact => ({
  kind: "word",
  word: "silenced",
  key: gateKey,
  nowMs: START_MS + after * MINUTE,
  untilMs: START_MS + until * MINUTE,
});

test.for<[name: string, world: World, facts: readonly Fact[]]>([
  [
    "a check mends one day and breaks another, and the gate that waits for the first is not told",
    worlds[0]!,
    [
      said([0, upstream, "finding", one]),
      said([5, gate, "finding", one]),
      both(said([30, upstream, "ok", one]), said([30, upstream, "finding", two])),
    ],
  ],
  [
    "a good decision counts that comes after a newer one about another day",
    worlds[0]!,
    [said([0, gate, "finding", one]), said([60, gate, "finding", two]), late(said([30, gate, "ok", one]), 40)],
  ],
  [
    "what a silence has muted is told when the silence ends",
    worlds[0]!,
    [
      said([0, gate, "finding", one]),
      silenced(5, 240),
      said([10, gate, "ok", one]),
      said([90, gate, "finding", one]),
      { kind: "tick", nowMs: START_MS + 240 * MINUTE },
    ],
  ],
  [
    "what leaves with its root explains nothing any more",
    worlds[2]!,
    [
      said([0, upstream, "unknown", shared]),
      said([5, gate, "unknown", { ...one, ...shared }]),
      both(said([30, upstream, "ok"]), said([30, middle, "unknown", shared])),
      said([35, gate, "finding", two]),
    ],
  ],
])("%s", ([, world, facts]) => {
  expect(follow(world, facts)).toEqual([]);
});

function play(world: World, facts: readonly Fact[]): readonly Call[] {
  let board = emptyBoard;
  let book: Parameters<typeof deliverTo>[0] = new Map();
  return facts.flatMap((fact) => {
    const played = playFact(world, board, fact);
    const delivered = deliverTo(book, played.announced);
    ({ board } = played);
    ({ book } = delivered);
    return delivered.calls;
  });
}

function look(atMs: number, seen: Partial<Seen>): Fact {
  const words = { subject: upstream, verdict: "finding", severity: "red", ...seen } as const;
  return { kind: "look", by: "canary", stream: "run", atMs, nowMs: atMs, seen: [words] };
}

function ticksUntil(fromMs: number, toMs: number): readonly Fact[] {
  return Array.from({ length: Math.floor((toMs - fromMs) / (5 * MINUTE)) }, (_, index) => ({
    kind: "tick",
    nowMs: fromMs + index * 5 * MINUTE,
  }));
}

const posts = (calls: readonly Call[]): number => calls.filter(({ kind }) => kind === "post").length;
const seeds = Array.from({ length: 12 }, (_, index) => index + 1);

test.for(seeds.flatMap((seed) => worlds.map((world) => [seed, world] as const)))(
  "a problem that lasts a day is one post, calls people three times at most, and is recalled by the schedule (seed %i)",
  ([seed, world]) => {
    const chance = seededRandom(seed);
    const looks = Array.from({ length: 49 }, (_, index): readonly Fact[] => {
      const atMs = START_MS + index * 30 * MINUTE;
      const verdict = index === 0 ? "finding" : chance.pick(["finding", "finding", "unknown", "not_applicable"] as const);
      const severity = chance.pick(["yellow", "red", "critical", "critical"] as const);
      return [look(atMs, { verdict, severity, day: "2026-11-23" }), ...ticksUntil(atMs, atMs + 30 * MINUTE)];
    });
    const calls = play(world, looks.flat()).filter(({ key }) => key === upstreamKey);
    expect(posts(calls)).toBe(1);
    expect(calls.filter(({ mention }) => mention).length).toBeLessThanOrEqual(3);
    const pauses = [1, 2, 4, 8, 16].map((times) => times * world.rules.remindMs);
    const due = pauses.filter((_, index) => pauses.slice(0, index + 1).reduce((all, pause) => all + pause, 0) <= 24.5 * HOUR);
    expect(calls.filter(({ text }) => text.startsWith("still open")).length).toBeLessThanOrEqual(due.length);
  },
);

test.for([1, 30, 59, 60, 61, 90, 119, 239].flatMap((minutes) => worlds.map((world) => [minutes, world] as const)))(
  "what is bad and good in turns, each for %i minutes, is three posts a day at most, one for each message",
  ([minutes, world]) => {
    const turns = Math.floor((24 * 60) / minutes);
    const facts = Array.from({ length: turns }, (_, index): readonly Fact[] => {
      const atMs = START_MS + index * minutes * MINUTE;
      const isBad = Math.floor(index / world.rules.openAfter) % 2 === 0;
      return [look(atMs, { verdict: isBad ? "finding" : "ok" }), ...ticksUntil(atMs, atMs + minutes * MINUTE)];
    });
    const calls = play(world, facts.flat());
    expect(posts(calls)).toBeLessThanOrEqual(3);
    expect(posts(calls)).toBe(new Set(calls.map(({ message }) => message)).size);
  },
);

/** Time does not pass without ticks. */
function ticking(facts: readonly Fact[]): readonly Fact[] {
  return facts.flatMap((fact, index) => {
    const isLater = fact.nowMs > (facts[index - 1]?.nowMs ?? 0);
    return isLater && fact.kind !== "tick" ? [{ kind: "tick", nowMs: fact.nowMs } as const, fact] : [fact];
  });
}

function sorted(announced: readonly IncidentChanged[]): unknown {
  return JSON.parse(JSON.stringify([...announced].sort((a, b) => a.key.localeCompare(b.key))));
}

test("the service with its store announces what its pure parts do", async () => {
  for (let seed = 1; seed <= 80; seed++) {
    const { world, facts } = drawHistory(seed, 14);
    const history = ticking(facts);
    const announced = await playService(world, history);
    let board = emptyBoard;
    for (const [index, fact] of history.entries()) {
      const played = playFact(world, board, fact);
      ({ board } = played);
      expect(sorted(announced[index]!), `seed ${seed}, fact ${index}: ${JSON.stringify(fact)}`).toEqual(sorted(played.announced));
    }
  }
}, 60_000);
