/** What was counted, as tables in Markdown: for the page, and for whoever runs the test. Pure. */

import {
  type Case,
  heals,
  IDLE_PER_MONTH,
  idleOf,
  isWithin,
  judge,
  perMillion,
  perMillionLimit,
  perMonth,
  perMonthLimit,
  runs,
  stepOf,
  sumOf,
  type Timing,
} from "./budgets.ts";
import { type Bill, prices, totalOf } from "./prices.ts";

const NO = "**no**";

type Cells = readonly (string | number)[];

function table(head: Cells, rows: readonly Cells[]): string {
  const isNumeric = (index: number): boolean => rows.every((row) => typeof row[index] === "number" || /^[\d.,]+$/.test(String(row[index])));
  const line = (cells: Cells): string => `| ${cells.map(shown).join(" | ")} |`;
  return [line(head), `|${head.map((_, index) => (isNumeric(index) ? "--:" : "---")).join("|")}|`, ...rows.map(line)].join("\n");
}

function shown(cell: Cells[number]): string {
  return typeof cell === "number" ? cell.toLocaleString("en-US", { maximumFractionDigits: 2 }) : cell;
}

function openOf({ open }: Case): string {
  return open.map(shown).join(", ");
}

/** In one transaction of each function. */
function atOnce({ events, steps }: Case): string {
  const { batches } = steps[0]!;
  return batches > 1 ? `1, mean of ${events}` : String(events);
}

function verdict(one: Case): string {
  return judge(one).every(({ counts, limit }) => isWithin(counts, limit)) ? "yes" : NO;
}

function casesOf(cases: readonly Case[], names: readonly string[]): readonly Case[] {
  return names.flatMap((name) => cases.filter(({ what }) => what === name));
}

/** All counts for one event. */
export function healTable(cases: readonly Case[]): string {
  const rows = casesOf(cases, Object.values(heals)).map((one) => {
    const [detector, tracker] = judge(one).map(({ counts }) => counts);
    const after = sumOf(one.steps.filter(({ step }) => !step.endsWith(" healing")));
    const own = [detector!.reads, detector!.writes, tracker!.writes, detector!.queries + tracker!.queries];
    const counts = [...own, after.reads / one.events, after.writes / one.events];
    return [one.what, openOf(one), atOnce(one), ...counts, verdict(one)];
  });
  const counts = ["detector reads", "detector writes", "tracker writes", "queries", "reads that follow", "writes that follow"];
  return table(["the event", "open incidents", "at once", ...counts, "within"], rows);
}

/** Of the run itself, and of the detector when it hears of it. */
export function runTable(cases: readonly Case[]): string {
  const rows = Object.values(runs).flatMap(({ what, by }) =>
    casesOf(cases, [what]).map((one) => {
      const [own, told] = [stepOf(one, `${by} run`), stepOf(one, "pattern-detector runs")];
      const limits = judge(one);
      const budget = limits.length === 0 ? "–" : `${limits[0]!.limit.reads} reads, ${limits[0]!.limit.writes} writes`;
      const counts = [own.reads, own.writes, own.queries, told.reads, told.writes, told.queries];
      return [what, openOf(one), ...counts, budget, limits.length === 0 ? "–" : verdict(one)];
    }),
  );
  const counts = ["reads", "writes", "queries", "detector reads", "detector writes", "detector queries"];
  return table(["the run", "open incidents", ...counts, "budget", "within"], rows);
}

function linesOf(bill: Bill): Cells {
  return [...Object.values(bill), totalOf(bill)].map((dollars) => dollars.toFixed(2));
}

const LINES = ["Firestore", "Pub/Sub", "requests", "function time", "BigQuery", "Scheduler", "dollars"];

/** What a million events like these would cost. */
export function priceTable(cases: readonly Case[], timing: Timing): string {
  const rows = casesOf(cases, [heals.quiet, heals.one, heals.two, heals.ours]).map((one) => [
    one.what,
    openOf(one),
    atOnce(one),
    ...linesOf(perMillion(one, timing)),
    totalOf(perMillion(one, timing)) <= perMillionLimit ? "yes" : NO,
  ]);
  return table(["the events", "open incidents", "at once", ...LINES, "within"], rows);
}

/** What a month costs in which nothing happens. */
export function monthTable(cases: readonly Case[], timing: Timing): string {
  const row = (name: string, some: readonly Case[]): Cells => {
    const times = sumOf(some.map((one) => stepOf(one, `${nameOf(one)} run`))).events * IDLE_PER_MONTH;
    const bill = perMonth(some, timing);
    return [name, times, ...linesOf(bill), totalOf(bill) <= perMonthLimit ? "yes" : NO];
  };
  const idle = cases.filter(({ what }) => what.startsWith(idleOf("")));
  const [always, others] = [idle.filter(isAlways), idle.filter((one) => !isAlways(one))];
  const each = (some: readonly Case[]): readonly Cells[] => some.map((one) => row(nameOf(one), [one]));
  const rows = [...each(always), row("these three", always), ...each(others), row("all", idle)];
  return table(["function", "runs", ...LINES, "within"], rows);
}

/** Every five minutes for 30 days. */
const RUNS_PER_MONTH = 12 * 24 * 30;

/** What the two functions cost a month that run every five minutes, by what is open. */
export function openTable(cases: readonly Case[], timing: Timing): string {
  const rows = [runs.tick, runs.notifier].flatMap(({ what, by }) =>
    casesOf(cases, [what]).map((one) => {
      const dollars = (totalOf(perMillion(one, timing)) * RUNS_PER_MONTH) / 1_000_000;
      return [by, openOf(one), stepOf(one, `${by} run`).reads, dollars.toFixed(2)];
    }),
  );
  return table(["function", "open incidents", "reads of a run", "dollars a month"], rows);
}

function nameOf({ what }: Case): string {
  return what.slice(idleOf("").length);
}

/** These run whatever is configured. */
export function isAlways(one: Case): boolean {
  return ["healing-tracker", "pattern-detector", "slack-notifier"].includes(nameOf(one));
}

export function listTable(): string {
  const rows = Object.values(prices).map(({ what, dollars, per, unit, source }): Cells => {
    return [what, `$${dollars}`, unit === "" ? per : unit, `cloud.google.com/${source}`];
  });
  return table(["what", "price", "for", "source"], rows);
}
