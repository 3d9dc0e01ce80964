/** Asks for all table checks of an evaluation, as few statements as can be, and judges each check of each day. */

import type { Metric } from "@kintsugi/config/model";
import type { MetricResult } from "@kintsugi/events/canary";
import type { Warehouse } from "@kintsugi/ports/warehouse";
import type { CalendarAnswer } from "./ask-calendar.ts";
import { askTable, entitiesWithRow, hasRows, measuredOf, type TableAnswer } from "./ask-table.ts";
import type { Expected } from "./calendar.ts";
import type { DayRows } from "./compile.ts";
import { type Fault, faultOf } from "./fault-of.ts";
import { daysBefore, type Earlier } from "./history.ts";
import { judgeMetric } from "./judge.ts";
import { askSamples, type Samples } from "./samples.ts";
import type { AskColumns, TableColumns } from "./table-columns.ts";
import { earlierGroup, type Group, groupKey, groupsOf, type TableItem } from "./table-groups.ts";
import { unknownMetric } from "./unknown-metric.ts";

export type AskedTables = {
  judge(item: TableItem, expected: Expected | undefined): { readonly metrics: readonly MetricResult[]; readonly fault?: Fault };
  /** The keys of the entities that have a row; undefined where nobody asked for them or could look. */
  withRow(item: TableItem): ReadonlySet<string> | undefined;
  /** Rows that a finding of a metric is about. */
  samples(item: TableItem, metric: Metric): Promise<Samples>;
};

async function samplesOf({ warehouse, config }: Asking, item: TableItem, metric: Metric, { columns }: Answered): Promise<Samples> {
  const { check, day, entities } = item;
  if (columns === undefined) return [];
  const days = day === undefined ? undefined : [{ day, entities }];
  const question = { check, metrics: [metric], days, timezone: config.timezone, types: columns.types };
  return await askSamples(warehouse, { question, check, metric, columns });
}

type Asking = {
  readonly warehouse: Warehouse;
  readonly config: { readonly timezone: string; readonly calendar?: unknown };
  readonly nowMs: number;
  readonly namesEntities?: boolean;
  readonly askColumns: AskColumns;
};

type Answered = { readonly now: TableAnswer; readonly earlier: TableAnswer | undefined; readonly columns: TableColumns | undefined };
type GroupAnswer = Answered | { readonly error: unknown };

export async function askTables(
  asking: Asking,
  items: readonly TableItem[],
  calendar: ReadonlyMap<string, CalendarAnswer>,
): Promise<AskedTables> {
  const { askColumns } = asking;
  const answers = new Map<string, GroupAnswer>();
  for (const [key, group] of groupsOf(items)) {
    const together = items.filter((item) => groupKey(item) === key);
    const before = earlierGroup(together, (item, day) => earlierRows(asking, item, day, calendar));
    answers.set(key, await askGroup(asking, group, before, () => askColumns(group.check.table)));
  }
  const answerTo = (item: TableItem): GroupAnswer => answers.get(groupKey(item))!;
  return {
    judge: (item, expected) => judgeItem(item, expected, answerTo(item), asking.nowMs),
    withRow(item) {
      const answer = answerTo(item);
      return "error" in answer || item.day === undefined ? undefined : entitiesWithRow(answer.now, item.day);
    },
    async samples(item, metric) {
      const answer = answerTo(item);
      return "error" in answer ? [] : await samplesOf(asking, item, metric, answer);
    },
  };
}

async function askGroup(
  { warehouse, config: { timezone }, namesEntities = false }: Asking,
  group: Group,
  before: Group | undefined,
  askColumns: () => Promise<TableColumns | undefined>,
): Promise<GroupAnswer> {
  try {
    const columns = await askColumns();
    const base = { timezone, types: columns?.types };
    const now = await askTable(warehouse, { ...group, ...base, namesEntities }, columns);
    return { now, columns, earlier: before === undefined ? undefined : await askTable(warehouse, { ...before, ...base }, columns) };
  } catch (error) {
    return { error };
  }
}

/** The rows of an earlier day; undefined where nothing was due on it, so that it tells nothing. */
function earlierRows(
  { config }: Asking,
  { check }: TableItem,
  day: string,
  calendar: ReadonlyMap<string, CalendarAnswer>,
): DayRows | undefined {
  if (config.calendar === undefined) return { day, entities: undefined };
  const answer = calendar.get(day);
  if (answer === undefined || !("expected" in answer) || answer.expected.due.length === 0) return undefined;
  return { day, entities: check.entity === undefined ? undefined : answer.expected.due };
}

function judgeItem(
  item: TableItem,
  expected: Expected | undefined,
  answer: GroupAnswer,
  nowMs: number,
): { readonly metrics: readonly MetricResult[]; readonly fault?: Fault } {
  const { check, day, metrics } = item;
  const faults: Fault[] = [];
  const judged = metrics.map((metric) => {
    try {
      if ("error" in answer) throw answer.error;
      const expectation = { expected: expected?.due.length, due: expected?.due ?? [], earlier: earlierOf(answer, metric, day, nowMs) };
      return judgeMetric(metric, measuredOf(answer.now, metric, day, nowMs), expectation);
    } catch (error) {
      faults.push(faultOf(error, check.table));
      return unknownMetric(metric, error);
    }
  });
  const [fault] = faults;
  return { metrics: judged, ...(fault === undefined ? {} : { fault }) };
}

function earlierOf({ earlier }: Answered, metric: Metric, day: string | undefined, nowMs: number): Earlier {
  return (history) => {
    if (earlier === undefined || day === undefined) return [];
    const days = daysBefore(day, history).filter((before) => hasRows(earlier, metric, before));
    return days.flatMap((before) => measuredOf(earlier, metric, before, nowMs).value?.exact ?? []);
  };
}
