/** The oracle: recomputes from a whole history, fact by fact, what must be true after it and what people must have heard of the last fact. */

import { subjectKey } from "@kintsugi/events/subject";
import { isNoticed, rememberLook, type Words } from "./remember-look.ts";
import { type Memory, rememberRoots } from "./remember-roots.ts";
import { badDays, isSilenced, mayBeTold, pauseMs, type Remembered, resolve, unknownKey } from "./remembered.ts";
import { type Fact, HOUR, type Rules, type Seen } from "./world.ts";

/** What people hear of one key because of one fact. */
export type Noise = { readonly posts: number; readonly aloud: number; readonly reminders: number };

export type Recalled = { readonly memory: Memory; readonly noise: ReadonlyMap<string, Noise> };

const nothing: ReadonlyMap<string, number> = new Map();
const FOR_EVER = Infinity;
const SILENT: Noise = { posts: 0, aloud: 0, reminders: 0 };

export function recall(history: readonly Fact[], rules: Rules): Recalled {
  const memory = new Map<string, Remembered>();
  const newest = new Map<string, number>();
  const noise = new Map<string, Noise>();
  let isWaiting = false;
  for (const fact of history) {
    const news = take(memory, newest, fact, rules);
    noise.clear();
    // Where nothing has changed nobody looks whom a silence still mutes; the next tick does.
    if (news === nothing && fact.kind !== "tick" && !isWaiting) continue;
    isWaiting = fact.kind === "look" && fact.isBatched === true;
    rememberRoots(memory, fact.nowMs);
    for (const one of memory.values()) noise.set(one.key, hear(one, news.get(one.key) ?? 0, fact, rules));
  }
  return { memory, noise };
}

function take(memory: Map<string, Remembered>, newest: Map<string, number>, fact: Fact, rules: Rules): ReadonlyMap<string, number> {
  switch (fact.kind) {
    case "look": {
      const stream = `${fact.by} ${fact.stream}`;
      if (fact.seen.length === 0 || fact.atMs < (newest.get(stream) ?? 0)) return nothing;
      newest.set(stream, fact.atMs);
      const news = new Map<string, number>();
      for (const [key, words] of wordsByKey(fact, rules)) {
        if (isNoticed(memory.get(key), words)) news.set(key, rememberLook(at(memory, key), words, rules, fact.atMs));
      }
      return news.size === 0 ? nothing : news;
    }
    case "tick":
      for (const one of memory.values()) passTime(one, fact.nowMs, rules);
      return nothing;
    case "word":
      return obey(at(memory, fact.key), fact) ? new Map() : nothing;
  }
}

function at(memory: Map<string, Remembered>, key: string): Remembered {
  const one = memory.get(key) ?? unknownKey(key);
  memory.set(key, one);
  return one;
}

type KeyWords = readonly (readonly [string, Words])[];

/** A fact is recalled again with each that follows; its words stay the same. */
const known = new WeakMap<Fact, KeyWords>();

function wordsByKey(fact: Extract<Fact, { kind: "look" }>, rules: Rules): KeyWords {
  const words = known.get(fact) ?? readWords(fact, rules);
  known.set(fact, words);
  return words;
}

/** Unknown says nothing of the finding's own incident; it is bad for the one that stands for being able to look. */
function readWords({ by, seen }: Extract<Fact, { kind: "look" }>, rules: Rules): KeyWords {
  const own = Map.groupBy(seen, ({ subject }) => subjectKey(subject));
  return [...own].flatMap(([key, words]) => {
    const of = (verdict: Seen["verdict"]): readonly Seen[] => words.filter((one) => one.verdict === verdict);
    const unknown = of("unknown").map(({ day: _day, ...rest }) => rest);
    const could = unknown.length > 0 ? [] : [...of("ok"), ...of("finding")].map(({ day: _day, ...rest }) => rest);
    return [
      [key, { bad: of("finding"), good: of("ok"), openAfter: rules.openAfter }],
      [`unknown:${by}:${key.slice(key.indexOf(":") + 1)}`, { bad: unknown, good: could, openAfter: rules.unknownAfter }],
    ] as const;
  });
}

function passTime(one: Remembered, nowMs: number, { openDaysMs }: Rules): void {
  const old = [...one.days].filter(([, { state, sinceMs }]) => state === "bad" && nowMs - sinceMs >= openDaysMs);
  for (const [day, { sinceMs }] of old) one.days.set(day, { state: "given_up", sinceMs });
  if (old.length > 0 && one.state === "well") one.bad = 0;
  else if (old.length > 0 && badDays(one).length === 0) resolve(one, nowMs);
  if (one.state === "flapping" && one.goodSinceMs !== undefined && nowMs - one.goodSinceMs >= 4 * HOUR) resolve(one, nowMs);
}

/** Whether it could be acted on. */
function obey(one: Remembered, { word, day, untilMs = FOR_EVER, nowMs }: Extract<Fact, { kind: "word" }>): boolean {
  if (word === "closed") return close(one, day, nowMs);
  if (one.state === "well") return false;
  if (word === "acknowledged") one.acknowledgedUntilMs = untilMs;
  else one.silence = { untilMs, isWithIncident: untilMs === FOR_EVER, severity: one.severity };
  return true;
}

function close(one: Remembered, day: string | undefined, nowMs: number): boolean {
  const meant = [...one.days].filter(([name, { state }]) => state !== "closed" && (day === undefined || name === day));
  if (meant.length === 0 && (day !== undefined || one.state === "well")) return false;
  for (const [name, { sinceMs }] of meant) one.days.set(name, { state: "closed", sinceMs });
  if (one.state === "well") one.bad = 0;
  else if (day === undefined || badDays(one).length === 0) resolve(one, nowMs);
  return true;
}

/** New trouble is heard, once; old trouble is recalled by the schedule, where nobody has taken it. */
function hear(one: Remembered, news: number, fact: Fact, rules: Rules): Noise {
  const { nowMs } = fact;
  const wasToTell = one.isToTell;
  const isToTell = mayBeTold(one, nowMs);
  one.isToTell = isToTell;
  if (isToTell && !one.told) {
    one.told = true;
    one.reminders = 0;
    one.remindedMs = nowMs;
  }
  const isBatched = fact.kind === "look" && fact.isBatched === true;
  if (isBatched || !one.told) return SILENT;
  if (!one.posted) {
    // One that is over before it could be told is told once, as resolved.
    one.posted = isToTell || (wasToTell && one.state === "well");
    return one.posted ? { ...SILENT, posts: 1 } : SILENT;
  }
  if (!isToTell || isSilenced(one, nowMs)) return SILENT;
  const isGrave = one.severity === "red" || one.severity === "critical";
  const isDue = fact.kind === "tick" && isGrave && nowMs >= one.acknowledgedUntilMs && nowMs - one.remindedMs >= pauseMs(one, rules);
  if (!isDue) return { ...SILENT, aloud: news };
  one.reminders += 1;
  one.remindedMs = nowMs;
  return { ...SILENT, aloud: news, reminders: 1 };
}
