/** What was counted, the budgets that it is held against, and what it costs. Pure. */

import { type Bill, billedMs, billOf, type Used } from "./prices.ts";

const kinds = ["reads", "queries", "writes", "deletes", "expiring", "publishedBytes", "rowBytes", "queriedBytes"] as const;

/**
 * As it is billed. `reads`: documents, also those that are not there, and at least one for a query. `deletes`: at once. `expiring`: documents
 * that are new and will be deleted when they expire.
 */
export type Counts = Readonly<Record<(typeof kinds)[number], number>>;

/** What one function did of one kind, such as `pattern-detector healing` or `canary run`: so many events in so many transactions. */
export type Step = Counts & {
  readonly step: string;
  readonly events: number;
  readonly batches: number;
  readonly deliveredBytes: number;
};

/** `ms`: how long each batch took. */
export type Timed = Step & { readonly ms: readonly number[] };

/** What healing events, or runs of a function, made all functions do, in the order in which it began. */
export type Case = {
  readonly what: string;
  /** With so many incidents open, each time the same. */
  readonly open: readonly number[];
  readonly events: number;
  readonly steps: readonly Step[];
};

export type TimedCase = Omit<Case, "steps"> & { readonly steps: readonly Timed[] };

/** As they are stored, and so named on the page. */
const columns = ["events", "batches", "deliveredBytes", ...kinds] as const;

export function noCounts(): Record<keyof Counts, number> {
  return Object.fromEntries(kinds.map((kind) => [kind, 0])) as Record<keyof Counts, number>;
}

export function sumOf(steps: readonly Step[]): Counts & Pick<Step, "events" | "batches" | "deliveredBytes"> {
  const sum = { events: 0, batches: 0, deliveredBytes: 0, ...noCounts() };
  for (const step of steps) for (const column of columns) sum[column] += step[column];
  return sum;
}

/** One step of each name. */
export function merged(steps: readonly Timed[]): readonly Timed[] {
  const groups = Map.groupBy(steps, ({ step }) => step);
  return [...groups].map(([step, some]) => ({ step, ...sumOf(some), ms: some.flatMap(({ ms }) => ms) }));
}

export function untimed({ steps, ...rest }: TimedCase): Case {
  return { ...rest, steps: steps.map(({ ms: _ms, ...step }) => step) };
}

/** Cases that were counted with several numbers of open incidents stand once where these make no difference. */
export function collected(cases: readonly TimedCase[]): readonly Case[] {
  const alike = Map.groupBy(cases.map(untimed), ({ what, events, steps }) => JSON.stringify([what, events, steps]));
  return [...alike.values()].map((group) => ({ ...group[0]!, open: group.flatMap(({ open }) => open) }));
}

/** A line for each step. */
export function writeCases(cases: readonly Case[]): string {
  const lines = cases.map((one) => ({ ...one, steps: one.steps.map((step) => [step.step, ...columns.map((column) => step[column])]) }));
  const text = JSON.stringify({ columns: ["step", ...columns], cases: lines }, null, 2);
  return `${text.replaceAll(/\[\s+([^[\]{}]*?)\s+\]/g, inOneLine)}\n`;
}

/** As the formatter has it, which keeps what is too long as it is. */
function inOneLine(list: string, items: string): string {
  const line = `[${items.split(/,\s+/).join(", ")}]`;
  return line.length <= MAX_LINE ? line : list;
}

const MAX_LINE = 120;

type Cell = string | number;

/** @param stored as `writeCases` writes it */
export function readCases(stored: { readonly cases: readonly (Omit<Case, "steps"> & { readonly steps: readonly (readonly Cell[])[] })[] }) {
  return stored.cases.map(({ steps, ...one }): Case => ({
    ...one,
    steps: steps.map(([step, ...amounts]) => {
      const counts = Object.fromEntries(columns.map((column, index) => [column, amounts[index]])) as Omit<Step, "step">;
      return { step: String(step), ...counts };
    }),
  }));
}

export function stepOf({ steps }: Pick<Case, "steps">, name: string): Step {
  const found = steps.filter(({ step }) => step === name);
  return { step: name, ...sumOf(found) };
}

export const heals = {
  first: "the first of its type",
  quiet: "none of its patterns open",
  fills: "none of its patterns open, and a segment of its window is full",
  opens: "opens a pattern",
  opensSecond: "opens a second pattern",
  one: "one of its patterns open",
  two: "two of its patterns open",
  ours: "of our own healer, told in the day's repairs message",
} as const;

/** `changed`: incidents that it opens, finds again or resolves. */
export const runs = {
  tick: { what: "an idle tick", by: "pattern-detector", changed: 0 },
  notifier: { what: "an idle run of the notifier", by: "slack-notifier", changed: 0 },
  canaryIdle: { what: "a canary run, all well", by: "canary", changed: 0 },
  canaryOpens: { what: "a canary run, 3 checks begin to fail", by: "canary", changed: 3 },
  canaryStays: { what: "a canary run, 3 checks still fail", by: "canary", changed: 3 },
  canaryEnds: { what: "a canary run, 3 checks are well again", by: "canary", changed: 3 },
} as const;

export function idleOf(name: string): string {
  return `idle: ${name}`;
}

/** The cases of these hours; a month of 30 days has so many of them. */
export const IDLE_HOURS = 2;
export const IDLE_PER_MONTH = (30 * 24) / IDLE_HOURS;

type Ratio = { readonly reads: number; readonly writes: number; readonly queries: number };
export type Limit = { readonly reads: number; readonly writes: number; readonly queries?: number };

/** Of one healing event. */
const healLimits: Readonly<Record<string, Limit>> = {
  "pattern-detector healing": { reads: 4, writes: 4, queries: 0 },
  "healing-tracker healing": { reads: 0, writes: 2, queries: 0 },
};
const tickLimit: Limit = { reads: 3, writes: 0 };
/** To which the incidents are added that a run changes: of the run itself, and of the detector when it hears of it. */
const canaryLimit: Limit = { reads: 4, writes: 4 };
/** Dollars. */
export const perMillionLimit = 8;
export const perMonthLimit = 1;

function ratioOf({ events, reads, writes, queries }: Step): Ratio {
  return { reads: reads / events, writes: writes / events, queries: queries / events };
}

/** What one function did for one event, and what it may do. */
export type Judged = { readonly step: string; readonly counts: Ratio; readonly limit: Limit };

export function judge(one: Case): readonly Judged[] {
  const limits = limitsOf(one.what);
  return Object.entries(limits).map(([step, limit]) => ({ step, counts: ratioOf(stepOf(one, step)), limit }));
}

function limitsOf(what: string): Readonly<Record<string, Limit>> {
  if ((Object.values(heals) as string[]).includes(what)) return healLimits;
  const run = Object.values(runs).find((each) => each.what === what);
  if (run?.by === "pattern-detector") return { "pattern-detector run": tickLimit };
  if (run?.by !== "canary") return {};
  const limit = { ...canaryLimit, reads: canaryLimit.reads + run.changed, writes: canaryLimit.writes + run.changed };
  return { "canary run": limit, "pattern-detector runs": limit };
}

export function isWithin(counts: Ratio, limit: Limit): boolean {
  return counts.reads <= limit.reads && counts.writes <= limit.writes && counts.queries <= (limit.queries ?? Infinity);
}

/** How long an instance is billed for a step. */
export type Timing = (step: Step) => number;

/** Each batch by itself, and answered within the shortest time that is billed. */
export const shortest: Timing = ({ batches }) => batches * billedMs(0);

export const asMeasured = (step: Step): number => (step as Timed).ms.reduce((sum, ms) => sum + billedMs(ms), 0);

/** @param given what came from outside was published too, by who sent it */
function usedBy(steps: readonly Step[], timing: Timing, given: { readonly publishedBytes: number; readonly jobs: number }): Used {
  const { reads, writes, deletes, expiring, deliveredBytes, publishedBytes, rowBytes, queriedBytes, events } = sumOf(steps);
  return {
    reads,
    writes,
    deletes: deletes + expiring,
    busBytes: deliveredBytes + publishedBytes + given.publishedBytes,
    requests: events,
    instanceMs: steps.reduce((sum, step) => sum + timing(step), 0),
    rowBytes,
    queriedBytes,
    jobs: given.jobs,
  };
}

/** Dollars for a million events like these. */
export function perMillion(one: Pick<Case, "steps" | "events">, timing: Timing): Bill {
  const publishedBytes = stepOf(one, "healing-tracker healing").deliveredBytes;
  return scaled(billOf(usedBy(one.steps, timing, { publishedBytes, jobs: 0 })), 1_000_000 / one.events);
}

/** Dollars for a month in which these functions run by their schedules and nothing happens. */
export function perMonth(idle: readonly Pick<Case, "steps">[], timing: Timing): Bill {
  const steps = idle.flatMap((one) => one.steps);
  const month = scaled(billOf(usedBy(steps, timing, { publishedBytes: 0, jobs: 0 })), IDLE_PER_MONTH);
  return { ...month, scheduler: billOf({ ...usedBy([], timing, { publishedBytes: 0, jobs: idle.length }) }).scheduler };
}

function scaled(bill: Bill, factor: number): Bill {
  return Object.fromEntries(Object.entries(bill).map(([line, dollars]) => [line, dollars * factor])) as Bill;
}
