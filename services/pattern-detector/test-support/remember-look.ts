/** What one look makes of one key, by the table of its life. */

import type { Severity } from "@kintsugi/events/fields";
import { badDays, type Heard, isWorse, life, type Remembered, resolve } from "./remembered.ts";
import { DAY, HOUR, type Rules, type Seen } from "./world.ts";

/** Bad and good words of one look about one key; an unknown is bad for the key that stands for being able to look. */
export type Words = { readonly bad: readonly Seen[]; readonly good: readonly Seen[]; readonly openAfter: number };

/** How many things of it are new trouble, which people hear: worse than ever, bad days, targets. */
export type News = number;

export function rememberLook(one: Remembered, words: Words, rules: Rules, lookMs: number): News {
  // Days are judged apart from each other; of one that is not about days an older look says nothing any more.
  if (lookMs < one.lastMs && [...words.bad, ...words.good].some(({ day }) => day === undefined)) return 0;
  const atMs = Math.max(lookMs, one.lastMs);
  if (words.bad.length + words.good.length > 0) one.lastMs = atMs;
  const isSettled = ({ day }: Seen): boolean => day !== undefined && one.days.has(day) && one.days.get(day)!.state !== "bad";
  const bad = words.bad.filter((seen) => !isSettled(seen));
  const before = new Set(one.days.keys());
  for (const { day } of words.good) if (day !== undefined && one.days.get(day)?.state === "bad") one.days.delete(day);
  for (const { day } of bad)
    if (day !== undefined)
      one.days.set(day, { state: "bad", sinceMs: before.has(day) && one.days.has(day) ? one.days.get(day)!.sinceMs : atMs });
  const newDays = bad.some(({ day }) => day !== undefined && !before.has(day));
  const isOpenBefore = one.state !== "well";
  follow(one, heardOf(one, words, bad), { words, rules, atMs });
  if (bad.length === 0 || one.state === "well") return 0;
  return describe(one, bad, isOpenBefore ? "goes on" : isReopened(one, rules, atMs) ? "reopens" : "opens", { newDays, atMs });
}

/** What is well, and was so before, is not worth remembering. */
export function isNoticed(one: Remembered | undefined, words: Words): boolean {
  if (words.bad.length > 0) return true;
  if (one === undefined || words.good.length === 0) return false;
  return one.state !== "well" || one.bad > 0 || badDays(one).length > 0;
}

function heardOf({ days }: Remembered, words: Words, bad: readonly Seen[]): Heard {
  if (bad.length > 0) return "bad";
  const isOneLeft = [...days.values()].some(({ state }) => state === "bad");
  if (words.good.length + words.bad.length === 0) return "nothing";
  return isOneLeft ? "partly" : "good";
}

type At = { readonly words: Words; readonly rules: Rules; readonly atMs: number };

function follow(one: Remembered, heard: Heard, { words, rules, atMs }: At): void {
  count(one, heard);
  const next = life[one.state][heard];
  switch (next) {
    case "open?":
      if (one.bad >= words.openAfter) opens(one, rules, atMs);
      return;
    case "well?":
      if (one.good >= rules.closeAfter) resolve(one, atMs);
      return;
    case "well after 4 h":
      if (one.good >= rules.closeAfter) one.goodSinceMs ??= atMs;
      if (one.goodSinceMs !== undefined && atMs - one.goodSinceMs >= 4 * HOUR) resolve(one, atMs);
      return;
    case "well":
    case "open":
    case "flapping":
      one.state = next;
  }
}

function count(one: Remembered, heard: Heard): void {
  if (heard === "bad") {
    one.bad += 1;
    one.good = 0;
    one.goodSinceMs = undefined;
  }
  if (heard === "good") {
    one.good += 1;
    one.bad = 0;
  }
}

function isReopened({ resolvedMs }: Remembered, { reopenMs }: Rules, atMs: number): boolean {
  return resolvedMs !== undefined && atMs - resolvedMs < reopenMs;
}

function opens(one: Remembered, rules: Rules, atMs: number): void {
  one.openings = [...one.openings, atMs];
  one.state = one.openings.filter((openedMs) => atMs - openedMs < DAY).length >= 3 ? "flapping" : "open";
  one.acknowledgedUntilMs = 0;
  if (isReopened(one, rules, atMs)) return;
  one.openedMs = atMs;
  one.told = false;
  one.posted = false;
  one.reminders = 0;
}

/** The worst speaks for all, and of equals the one of the newest day. */
function describe(
  one: Remembered,
  bad: readonly Seen[],
  how: "opens" | "reopens" | "goes on",
  { newDays, atMs }: { readonly newDays: boolean; readonly atMs: number },
): News {
  const worst = bad.reduce((a, b) =>
    isWorse(b.severity, a.severity) || (b.severity === a.severity && (b.day ?? "") > (a.day ?? "")) ? b : a,
  );
  const isPeak = how === "opens" || isWorse(worst.severity, one.peak);
  const targets = worst.targets ?? [];
  const newTargets = targets.some((target) => !one.targets.includes(target));
  one.severity = worst.severity satisfies Severity;
  // A new reason is told instead of the old one, which stays where none is given.
  one.cause = worst.cause ?? (how === "opens" ? undefined : one.cause);
  one.targets = targets;
  if (isPeak) one.peak = worst.severity;
  if (one.heldSinceMs !== undefined && atMs > one.heldSinceMs) one.heldSinceMs = undefined;
  if (how === "opens") return 0;
  const worse = isPeak ? 1 : 0;
  return how === "reopens" ? worse : worse + (newDays ? 1 : 0) + (newTargets ? 1 : 0);
}
