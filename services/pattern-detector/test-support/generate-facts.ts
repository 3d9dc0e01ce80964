/** Draws what happens next in a world. The small sets of times, days and words make the rare meetings frequent. */

import { type Severity, Severity as Severities, type Verdict } from "@kintsugi/events/fields";
import { blindSpotOf, type Subject, subjectKey } from "@kintsugi/events/subject";
import type { Chance } from "./seeded-random.ts";
import { checks, DAY, type Fact, gate, HOUR, MINUTE, type Seen, service, START_MS } from "./world.ts";

/** What one history is about; `isAboutDays` of its checks. */
export type Cast = {
  readonly subjects: readonly Subject[];
  readonly isAboutDays: boolean;
  readonly gaps: readonly number[];
  /** How often nothing is heard but the clock, and how often people say something, 0..1. */
  readonly ticks: number;
  readonly words: number;
  /** How often a look sees nothing that is either good or bad, 0..1. */
  readonly blind: number;
};

const DAYS = ["2026-11-21", "2026-11-22", "2026-11-23"];
/** Just below, at and just beyond the times that the rules name. */
const GAPS: readonly (readonly number[])[] = [
  [0, 1_000, 5 * MINUTE, 30 * MINUTE, 31 * MINUTE],
  [0, 30 * MINUTE, HOUR - 1_000, HOUR, 2 * HOUR, 4 * HOUR - 1_000, 4 * HOUR, 8 * HOUR],
  [0, 30 * MINUTE, 4 * HOUR, 16 * HOUR, DAY, 2 * DAY, 7 * DAY - 1_000, 7 * DAY],
];
const LATE = [1_000, 30 * MINUTE, 2 * HOUR];

export function drawCast(chance: Chance): Cast {
  const all: readonly Subject[] = [...checks, gate, service];
  const first = chance.pick(all);
  const others = chance.pick([0, 0, 0, 0, 1, 1, 2, 3]);
  const drawn = new Set([first, ...Array.from({ length: others }, () => chance.pick(all))]);
  return {
    subjects: all.filter((subject) => drawn.has(subject)),
    isAboutDays: chance.happens(0.5),
    gaps: chance.pick(GAPS),
    ticks: chance.pick([0.1, 0.3]),
    words: chance.pick([0, 0.15, 0.35]),
    blind: chance.pick([0, 0.1, 0.3]),
  };
}

export function drawFact(chance: Chance, cast: Cast, before: Fact | undefined): Fact {
  const lastMs = before?.nowMs ?? START_MS;
  if (before?.kind === "look" && before.isBatched === true) return drawLook(chance, cast, lastMs);
  const nowMs = lastMs + chance.pick(cast.gaps);
  const kind = chance.next();
  if (kind < cast.ticks) return { kind: "tick", nowMs };
  if (kind < cast.ticks + cast.words) return drawWord(chance, cast, nowMs);
  const look = drawLook(chance, cast, nowMs);
  return chance.happens(0.08) ? { ...look, isBatched: true } : look;
}

function drawLook(chance: Chance, cast: Cast, nowMs: number): Extract<Fact, { kind: "look" }> {
  const atMs = chance.happens(0.12) ? nowMs - chance.pick(LATE) : nowMs;
  const look = { kind: "look", atMs, nowMs } as const;
  const { kind } = chance.pick(cast.subjects);
  if (kind === "service") return { ...look, by: "drift", stream: "run", seen: [drawService(chance, cast)] };
  if (kind === "gate") return { ...look, by: "gate", ...drawDecision(chance, cast) };
  const looked = cast.subjects.filter((subject) => subject.kind === "check");
  return { ...look, by: "canary", stream: "run", seen: looked.flatMap((subject) => drawCheck(chance, cast, subject)) };
}

function drawCheck(chance: Chance, cast: Cast, subject: Subject): readonly Seen[] {
  if (chance.happens(0.1)) return [];
  if (!cast.isAboutDays) return [drawSeen(chance, cast, subject)];
  const days = chance.happens(0.5) ? [chance.pick(DAYS)] : DAYS.filter(() => chance.happens(0.6));
  return days.map((day) => ({ ...drawSeen(chance, cast, subject), day }));
}

function drawDecision(chance: Chance, cast: Cast): { readonly stream: string; readonly seen: readonly Seen[] } {
  const day = chance.pick(DAYS);
  return { stream: day, seen: [{ ...drawSeen(chance, cast, gate), day }] };
}

function drawService(chance: Chance, cast: Cast): Seen {
  const seen = drawSeen(chance, cast, service);
  const targets = ["a", "b"].filter(() => chance.happens(0.5));
  return chance.happens(0.5) ? { ...seen, targets } : seen;
}

function drawSeen(chance: Chance, { blind }: Cast, subject: Subject): Seen {
  const verdict = drawVerdict(chance, blind);
  const severity: Severity = verdict === "unknown" ? "yellow" : chance.happens(0.5) ? "red" : chance.pick(Severities.options);
  const isShared = verdict === "unknown" && chance.happens(0.6);
  return { subject, verdict, severity, ...(isShared ? { cause: "warehouse" } : {}) };
}

function drawVerdict(chance: Chance, blind: number): Verdict {
  if (chance.happens(blind)) return chance.pick(["unknown", "unknown", "not_applicable"]);
  return chance.happens(0.55) ? "finding" : "ok";
}

function drawWord(chance: Chance, { subjects }: Cast, nowMs: number): Fact {
  const subject = chance.pick(subjects);
  const key = subjectKey(chance.happens(0.8) ? subject : blindSpotOf(lookerOf(subject), subject));
  const word = chance.pick(["acknowledged", "silenced", "silenced", "silenced", "closed"] as const);
  if (word === "closed") return { kind: "word", word, key, nowMs, ...(chance.happens(0.5) ? { day: chance.pick(DAYS) } : {}) };
  const until = chance.pick([undefined, HOUR, 4 * HOUR, DAY]);
  return { kind: "word", word, key, nowMs, ...(until === undefined ? {} : { untilMs: nowMs + until }) };
}

function lookerOf({ kind }: Subject): string {
  if (kind === "check") return "canary";
  return kind === "gate" ? "gate" : "drift";
}
