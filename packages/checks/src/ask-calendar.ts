/** Asks the calendar for days, each once in an evaluation: what is expected, or why nobody knows. */

import type { Config } from "@kintsugi/config/model";
import { messageOf } from "@kintsugi/ports/failure";
import type { Warehouse } from "@kintsugi/ports/warehouse";
import { endBefore, type Expected, readCalendar, readLastDay } from "./calendar.ts";
import { entityKey } from "./entity-key.ts";
import { type Fault, faultOf, tableFault } from "./fault-of.ts";
import { type AskColumns, columnAsker } from "./table-columns.ts";

export type CalendarAnswer = { readonly expected: Expected } | { readonly unknown: string; readonly fault: Fault };

/** Days that were not asked before are one statement. Nothing is answered where the configuration has no calendar. */
export type AskCalendar = (days: readonly string[]) => Promise<ReadonlyMap<string, CalendarAnswer>>;

export type CalendarDependencies = {
  readonly config: Pick<Config, "calendar" | "timezone">;
  readonly warehouse: Warehouse;
  readonly nowMs: number;
  /** Entities that nobody waits for any more. */
  readonly waived?: readonly string[];
  /** Default: the warehouse is asked. */
  readonly askColumns?: AskColumns;
};

export function calendarAsker(dependencies: CalendarDependencies): AskCalendar {
  const answers = new Map<string, CalendarAnswer>();
  return async (days) => {
    const asked = [...new Set(days)].filter((day) => !answers.has(day)).sort();
    if (dependencies.config.calendar !== undefined && asked.length > 0)
      for (const [day, answer] of await askDays(dependencies, asked)) answers.set(day, answer);
    return answers;
  };
}

async function askDays(dependencies: CalendarDependencies, days: readonly string[]): Promise<ReadonlyMap<string, CalendarAnswer>> {
  const { config, warehouse, nowMs, waived = [], askColumns = columnAsker(warehouse) } = dependencies;
  const calendar = config.calendar!;
  try {
    const types = (await askColumns(calendar.table))?.types;
    const question = { calendar, timezone: config.timezone, days, nowMs, types };
    const expected = await readCalendar(warehouse, question);
    const open = calendar.ends === "unknown" ? openDays(expected) : [];
    const last = open.length === 0 ? undefined : await readLastDay(warehouse, question);
    const answerOf = (day: string, one: Expected): CalendarAnswer => {
      const end = open.includes(day) ? endBefore(day, last) : undefined;
      return end === undefined ? { expected: without(one, waived) } : { unknown: end, fault: tableFault(calendar.table) };
    };
    return new Map([...expected].map(([day, one]) => [day, answerOf(day, one)]));
  } catch (error) {
    const answer = { unknown: `the calendar cannot be read: ${messageOf(error)}`, fault: faultOf(error, calendar.table) };
    return new Map(days.map((day) => [day, answer]));
  }
}

/** Days of which nothing is listed, nor of a later one: perhaps the calendar has run out before them. */
function openDays(expected: ReadonlyMap<string, Expected>): readonly string[] {
  const last =
    [...expected]
      .flatMap(([day, { listed }]) => (listed.length > 0 ? day : []))
      .toSorted()
      .at(-1) ?? "";
  return [...expected.keys()].filter((day) => day > last);
}

function without({ listed, due }: Expected, waived: readonly string[]): Expected {
  const keys = new Set(waived.map(entityKey));
  const left = listed.filter((entity) => keys.has(entityKey(entity)));
  if (left.length === 0) return { listed, due };
  const stays = (entity: string): boolean => !left.includes(entity);
  const leftKeys = new Set(left.map(entityKey));
  return { listed: listed.filter(stays), due: due.filter(stays), waived: waived.filter((entity) => leftKeys.has(entityKey(entity))) };
}
