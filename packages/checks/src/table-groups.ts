/** Which checks are asked together: those of one table, day column and filter are one statement, of all the days that one of them judges. Pure. */

import type { Check, Metric, TableCheck } from "@kintsugi/config/model";
import type { DayRows, TableQuestion } from "./compile.ts";
import { daysBefore, historiesOf } from "./history.ts";

/** One table check of one day. */
export type TableItem = {
  readonly check: TableCheck;
  readonly day: string | undefined;
  /** Those that are judged for this day. */
  readonly metrics: readonly Metric[];
  /** Only rows of these count. */
  readonly entities: readonly string[] | undefined;
};

export type Group = Pick<TableQuestion, "check" | "metrics" | "days">;

export function groupKey({ check: { table, day, where, entity }, day: judged }: TableItem): string {
  return JSON.stringify([table, day, where, entity, judged === undefined]);
}

export function groupsOf(items: readonly TableItem[]): ReadonlyMap<string, Group> {
  const groups = new Map<string, readonly TableItem[]>();
  for (const item of items) groups.set(groupKey(item), [...(groups.get(groupKey(item)) ?? []), item]);
  return new Map([...groups].map(([key, together]) => [key, groupOf(together)]));
}

function groupOf(items: readonly TableItem[]): Group {
  const [{ check, day }] = items as [TableItem];
  const days = new Map(items.flatMap((item) => (item.day === undefined ? [] : [[item.day, item.entities] as const])));
  return {
    check,
    metrics: [...new Set(items.flatMap(({ metrics }) => metrics))],
    days:
      day === undefined ? undefined : [...days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([each, entities]) => ({ day: each, entities })),
  };
}

/** The days whose values a check's day is compared with. */
export function earlierDays({
  check,
  day,
}: {
  readonly check: Pick<Check, "metrics">;
  readonly day: string | undefined;
}): readonly string[] {
  return day === undefined ? [] : check.metrics.flatMap(historiesOf).flatMap((history) => daysBefore(day, history));
}

/** The statement that asks for the earlier values; undefined where nothing is compared with them, or no earlier day counts. */
export function earlierGroup(
  items: readonly TableItem[],
  rowsOf: (item: TableItem, day: string) => DayRows | undefined,
): Group | undefined {
  const compared = items.flatMap((item) => {
    const metrics = item.metrics.filter((metric) => historiesOf(metric).length > 0);
    return metrics.length === 0 ? [] : [{ ...item, metrics }];
  });
  const days = new Map<string, DayRows>();
  for (const item of compared)
    for (const day of earlierDays(item)) {
      const rows = rowsOf(item, day);
      if (rows !== undefined) days.set(day, rows);
    }
  const [first] = compared;
  if (first === undefined || days.size === 0) return undefined;
  return {
    check: first.check,
    metrics: [...new Set(compared.flatMap(({ metrics }) => metrics))],
    days: [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1)),
  };
}
