/** Asks the calendar for a day, once in an evaluation: what is expected, or why nobody knows. */

import type { Config } from "@kintsugi/config/model";
import { messageOf } from "@kintsugi/ports/failure";
import type { Warehouse } from "@kintsugi/ports/warehouse";
import { type CalendarQuestion, type Expected, readCalendar, readCalendarEnd } from "./calendar.ts";
import { type Fault, faultOf, tableFault } from "./fault-of.ts";

export type CalendarAnswer = { readonly expected: Expected } | { readonly unknown: string; readonly fault: Fault };

/** Undefined where the configuration has no calendar. */
export type AskCalendar = (day: string) => Promise<CalendarAnswer | undefined>;

export type CalendarDependencies = {
  readonly config: Pick<Config, "calendar" | "timezone">;
  readonly warehouse: Warehouse;
  readonly nowMs: number;
  /** Entities that nobody waits for any more. */
  readonly waived?: readonly string[];
};

export function calendarAsker({ config, warehouse, nowMs, waived = [] }: CalendarDependencies): AskCalendar {
  const { calendar, timezone } = config;
  const answers = new Map<string, Promise<CalendarAnswer>>();
  return async (day) => {
    if (calendar === undefined) return undefined;
    const before = answers.get(day);
    const answer = before ?? askDay(warehouse, { calendar, timezone, day, nowMs }, waived);
    answers.set(day, answer);
    return await answer;
  };
}

async function askDay(warehouse: Warehouse, question: CalendarQuestion, waived: readonly string[]): Promise<CalendarAnswer> {
  const { calendar, day } = question;
  try {
    const expected = await readCalendar(warehouse, question);
    if (expected.listed.length === 0 && calendar.ends === "unknown") {
      const end = await readCalendarEnd(warehouse, calendar, day);
      if (end !== undefined) return { unknown: end, fault: tableFault(calendar.table) };
    }
    return { expected: without(expected, waived) };
  } catch (error) {
    return { unknown: `the calendar cannot be read: ${messageOf(error)}`, fault: faultOf(error, calendar.table) };
  }
}

function without({ listed, due }: Expected, waived: readonly string[]): Expected {
  const left = listed.filter((entity) => waived.includes(entity));
  if (left.length === 0) return { listed, due };
  const stays = (entity: string): boolean => !left.includes(entity);
  return { listed: listed.filter(stays), due: due.filter(stays), waived: left };
}
