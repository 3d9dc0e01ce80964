/** Decides whether a phase may start on its data. A failing metric vetoes; there is no trading of one against another. Pure. */

import type { Gate } from "@kintsugi/config/model";
import type { CheckResult } from "@kintsugi/events/canary";
import type { Severity } from "@kintsugi/events/fields";
import type { GateDecided, GateStatus } from "@kintsugi/events/gate";

export type GateFacts = {
  readonly checks: readonly CheckResult[];
  /** Entities that the calendar lists for the day. */
  readonly listed: readonly string[];
  readonly due: readonly string[];
  /** Why the calendar could not be read: then nobody knows whether all that is listed is due. */
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

const SEVERITIES: readonly Severity[] = ["info", "yellow", "red", "critical"];

export function decideGate({ checks, listed, due, unreadable }: GateFacts, gate: Pick<Gate, "onUnknown">): GateVerdict {
  const failing = checks.filter(({ verdict }) => verdict === "finding");
  const unknown = checks.filter(({ verdict }) => verdict === "unknown");
  const missing = [
    ...new Set(
      checks.flatMap(({ metrics }) =>
        metrics.flatMap(({ entities = [] }) => entities.filter(({ state }) => state === "missing").map(({ id }) => id)),
      ),
    ),
  ].sort();
  const issues = checks.flatMap(({ phase, check, metrics }) =>
    metrics
      .filter(({ verdict }) => verdict !== "ok" && verdict !== "not_applicable")
      .map((metric) => `${phase}.${check}.${metric.name}: ${metric.reason ?? metric.verdict}`),
  );
  const actual = due.length - missing.filter((id) => due.includes(id)).length;
  const judged = checks.flatMap(({ metrics }) => metrics).filter(({ verdict }) => verdict !== "not_applicable");
  const passing = judged.filter(({ verdict }) => verdict === "ok" || verdict === "warn").length;
  if (unreadable !== undefined) issues.push(`the calendar cannot be read: ${unreadable}`);
  const isBlind = unknown.length > 0 || unreadable !== undefined;
  const verdict = statusOf(failing, { listed, due, gate, isBlind, hasWarnings: issues.length > 0 });
  const vetoing = failing.length > 0 ? failing : unknown;
  return {
    verdict,
    message: messageOf(verdict, { missing, issues, unknown, listed, due }),
    quality_score: judged.length === 0 ? (isBlind ? 0 : 1) : passing / judged.length,
    completeness_pct: due.length === 0 ? 100 : (actual / due.length) * 100,
    expected_count: due.length,
    actual_count: actual,
    missing_items: missing,
    quality_issues: issues.slice(0, 50),
    severity: SEVERITIES[Math.max(0, ...(vetoing.length > 0 ? vetoing : checks).map(({ severity }) => SEVERITIES.indexOf(severity)))]!,
  };
}

type Rest = {
  readonly listed: readonly string[];
  readonly due: readonly string[];
  readonly gate: Pick<Gate, "onUnknown">;
  /** Something could not be looked at. */
  readonly isBlind: boolean;
  readonly hasWarnings: boolean;
};

function statusOf(failing: readonly CheckResult[], { listed, due, gate, isBlind, hasWarnings }: Rest): GateStatus {
  if (failing.length > 0) return "block";
  if (isBlind && gate.onUnknown === "block") return "block";
  if (due.length < listed.length) return "wait";
  return hasWarnings || isBlind ? "proceed_with_warning" : "proceed";
}

function messageOf(
  verdict: GateStatus,
  {
    missing,
    issues,
    unknown,
    listed,
    due,
  }: {
    missing: readonly string[];
    issues: readonly string[];
    unknown: readonly CheckResult[];
    listed: readonly string[];
    due: readonly string[];
  },
): string {
  switch (verdict) {
    case "block":
      if (missing.length > 0) return `blocked: ${missing.length} of ${due.length} missing: ${missing.slice(0, 20).join(", ")}`;
      return `blocked: ${issues[0] ?? unknown[0]?.reason ?? "a check could not be made"}`;
    case "wait":
      return `wait: ${listed.length - due.length} of ${listed.length} not due yet`;
    case "proceed_with_warning":
      return `proceed, with a warning: ${issues[0] ?? "a check could not be made"}`;
    case "proceed":
      return listed.length === 0 ? "proceed: nothing vetoes" : `proceed: all ${listed.length} there`;
  }
}

/** What the verdict means for whom asks. */
export function statusFor(verdict: GateStatus, meaning: "block" | "warn"): { status: GateStatus; canProceed: boolean } {
  const status = verdict === "block" && meaning === "warn" ? "proceed_with_warning" : verdict;
  return { status, canProceed: status === "proceed" || status === "proceed_with_warning" };
}
