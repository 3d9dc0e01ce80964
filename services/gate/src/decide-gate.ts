/** Decides whether a phase may start on its data. A failing metric vetoes; there is no trading of one against another. Pure. */

import type { Expected } from "@kintsugi/checks/calendar";
import type { EntityLook } from "@kintsugi/checks/evaluate";
import type { Gate } from "@kintsugi/config/model";
import type { CheckResult, MetricResult } from "@kintsugi/events/canary";
import { Severity, worst } from "@kintsugi/events/fields";
import type { GateDecided, GateStatus } from "@kintsugi/events/gate";
import { nameSome } from "@kintsugi/events/name-some";
import { countRows } from "./count-rows.ts";

export type GateFacts = Expected & {
  readonly checks: readonly CheckResult[];
  /** Which due entities have a row, by each check that looks at them for the day. */
  readonly looks: readonly Pick<EntityLook, "withRow">[];
  /** What the calendar says of the other days that checks look at. */
  readonly otherDays?: readonly Expected[];
  /** Why the calendar says nothing of the day: then nobody knows whether all that is listed is due. */
  readonly unreadable?: string;
};

export type GateVerdict = Pick<
  GateDecided,
  | "verdict"
  | "message"
  | "quality_score"
  | "completeness_pct"
  | "expected_count"
  | "actual_count"
  | "missing_items"
  | "quality_issues"
  | "severity"
>;

const MAX_ISSUES = 50;

export function decideGate(facts: GateFacts, gate: Pick<Gate, "onUnknown">): GateVerdict {
  const { checks, due, looks, unreadable } = facts;
  const failing = checks.filter(({ verdict }) => verdict === "finding");
  const unknown = checks.filter(({ verdict }) => verdict === "unknown");
  const isBlind = unknown.length > 0 || unreadable !== undefined;
  const rows = countRows(due, looks, isBlind);
  const issues = issuesOf(checks, unreadable);
  const days = [facts, ...(facts.otherDays ?? [])];
  const count = (part: "listed" | "due"): number => days.reduce((sum, day) => sum + day[part].length, 0);
  const calendar = { listed: count("listed"), due: count("due") };
  const verdict = statusOf(failing, { calendar, gate, isBlind, hasWarnings: issues.length > 0 });
  const judged = checks.flatMap(({ metrics }) => metrics).filter(({ verdict: each }) => each !== "not_applicable");
  const passing = judged.filter(({ verdict: each }) => each === "ok" || each === "warn").length;
  const vetoing = [...failing, ...(gate.onUnknown === "block" ? unknown : [])];
  return {
    verdict,
    message: messageOf(verdict, { ...rows, due: due.length, calendar, issues, isNamed: failing.some(namesMissing) }),
    quality_score: judged.length === 0 ? (isBlind ? 0 : 1) : passing / judged.length,
    completeness_pct: due.length === 0 ? 100 : (rows.actual / due.length) * 100,
    expected_count: due.length,
    actual_count: rows.actual,
    missing_items: [...rows.missing],
    quality_issues: issues.slice(0, MAX_ISSUES),
    severity: highest(vetoing.length > 0 ? vetoing : checks),
  };
}

/** What vetoes stands first: the first issue is the reason that people are told. */
function issuesOf(checks: readonly CheckResult[], unreadable: string | undefined): string[] {
  const metricsThat = (wanted: MetricResult["verdict"]): string[] =>
    checks.flatMap(({ phase, check, metrics }) =>
      metrics
        .filter(({ verdict }) => verdict === wanted)
        .map((metric) => `${phase}.${check}.${metric.name}: ${metric.reason ?? metric.verdict}`),
    );
  const unasked = checks.filter(({ verdict, metrics }) => verdict === "unknown" && metrics.length === 0);
  const unknown = [
    ...metricsThat("unknown"),
    ...unasked.map(({ phase, check, reason }) => reason ?? `${phase}.${check} could not be made`),
    ...(unreadable === undefined ? [] : [unreadable]),
  ];
  return [...new Set([...metricsThat("finding"), ...unknown, ...metricsThat("warn")])];
}

function namesMissing({ metrics }: CheckResult): boolean {
  return metrics.some(({ verdict, entities = [] }) => verdict === "finding" && entities.some(({ state }) => state === "missing"));
}

function highest(checks: readonly CheckResult[]): Severity {
  return worst(
    Severity,
    checks.map(({ severity }) => severity),
  );
}

/** Over all days that are looked at. */
type Counts = { readonly listed: number; readonly due: number };

type Rest = {
  readonly calendar: Counts;
  readonly gate: Pick<Gate, "onUnknown">;
  /** Something could not be looked at. */
  readonly isBlind: boolean;
  readonly hasWarnings: boolean;
};

function statusOf(failing: readonly CheckResult[], { calendar, gate, isBlind, hasWarnings }: Rest): GateStatus {
  if (failing.length > 0) return "block";
  if (isBlind && gate.onUnknown === "block") return "block";
  if (calendar.due < calendar.listed) return "wait";
  return hasWarnings || isBlind ? "proceed_with_warning" : "proceed";
}

type Told = {
  readonly actual: number;
  readonly missing: readonly string[];
  readonly due: number;
  readonly calendar: Counts;
  readonly issues: readonly string[];
  /** A failing metric fails because of the missing ones; else they are told beside its reason. */
  readonly isNamed: boolean;
};

function messageOf(verdict: GateStatus, { actual, missing, due, calendar, issues, isNamed }: Told): string {
  const [reason = "a check could not be made"] = issues;
  switch (verdict) {
    case "block": {
      const absent = `${missing.length} of ${due} missing: ${nameSome(missing)}`;
      if (missing.length === 0) return `blocked: ${reason}`;
      return isNamed ? `blocked: ${absent}` : `blocked: ${reason}; ${absent}`;
    }
    case "wait":
      return `wait: ${calendar.listed - calendar.due} of ${calendar.listed} not due yet`;
    case "proceed_with_warning":
      return `proceed, with a warning: ${reason}`;
    case "proceed":
      if (due === 0) return "proceed: nothing vetoes";
      return actual === due ? `proceed: all ${due} there` : `proceed: ${actual} of ${due} there, and nothing vetoes`;
  }
}

/** What the verdict means for whom asks. */
export function statusFor(verdict: GateStatus, meaning: "block" | "warn"): { status: GateStatus; canProceed: boolean } {
  const status = verdict === "block" && meaning === "warn" ? "proceed_with_warning" : verdict;
  return { status, canProceed: status === "proceed" || status === "proceed_with_warning" };
}
