/** The bad days of a subject: each stays until it is judged good, is given up after a while, or is closed by a person. Pure. */

import type { Trouble } from "@kintsugi/events/observation";
import type { DayRecord } from "@kintsugi/function-kit/incidents";
import type { Look } from "./look.ts";

type Days = readonly DayRecord[];

/** `isSettled`: a person has closed the day, or it was given up; what is found of it changes nothing any more. */
export function daysAfter(before: Days, look: Look, lookMs: number): { readonly days: Days; readonly isSettled: (day: string) => boolean } {
  const settled = new Set(before.filter(({ state }) => state !== "bad").map(({ day }) => day));
  const isSettled = (day: string): boolean => settled.has(day);
  const days = new Map(before.map((record) => [record.day, record]));
  for (const day of look.good) if (day !== undefined && !isSettled(day)) days.delete(day);
  for (const trouble of look.troubles) {
    const { day } = trouble;
    if (day !== undefined && !isSettled(day)) days.set(day, badDay({ ...trouble, day }, days.get(day), lookMs));
  }
  return { days: [...days.values()].sort((a, b) => a.day.localeCompare(b.day)), isSettled };
}

function badDay(trouble: Trouble & { readonly day: string }, before: DayRecord | undefined, lookMs: number): DayRecord {
  const who = trouble.who === undefined || before?.who.includes(trouble.who) === true ? [] : [trouble.who];
  return {
    day: trouble.day,
    what: trouble.facts[0] ?? trouble.title,
    who: [...(before?.who ?? []), ...who],
    state: "bad",
    sinceMs: before?.sinceMs ?? lookMs,
  };
}

export function givenUp(before: Days, openDaysMs: number, nowMs: number): { readonly days: Days; readonly left: Days } {
  const isOver = ({ state, sinceMs }: DayRecord): boolean => state === "bad" && nowMs - sinceMs >= openDaysMs;
  return { days: before.map((day) => (isOver(day) ? { ...day, state: "given_up" } : day)), left: before.filter(isOver) };
}

/** A person says that a day, or every day, counts as settled. Undefined where there is no such day to settle. */
export function closeDays(before: Days, day: string | undefined): Days | undefined {
  const isMeant = (record: DayRecord): boolean => record.state !== "closed" && (day === undefined || record.day === day);
  if (!before.some(isMeant)) return undefined;
  return before.map((record) => (isMeant(record) ? { ...record, state: "closed" } : record));
}
