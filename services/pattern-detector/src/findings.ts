/** Findings in words for people: what, how bad against what was expected, and the next step. Pure. */

import type { Config } from "@kintsugi/config/model";
import type { CheckResult } from "@kintsugi/events/canary";
import type { ServiceDrift } from "@kintsugi/events/drift";
import type { GateDecided } from "@kintsugi/events/gate";
import type { HealerRun } from "@kintsugi/events/runs";
import { shorten } from "@kintsugi/events/shorten";
import type { Finding } from "./incident.ts";

export function canaryFinding(check: CheckResult, config: Config): Finding {
  const phase = config.phases.find(({ name }) => name === check.phase);
  const key = `canary:${check.phase}.${check.check}`;
  const failing = check.metrics.filter(({ verdict }) => verdict === "finding");
  return {
    key,
    severity: check.severity,
    title: `${phase?.title ?? check.phase}: ${check.check} fails${check.day === undefined ? "" : ` for ${check.day}`}`,
    // An event that would be too large leaves its metrics out.
    facts:
      failing.length === 0
        ? [check.reason ?? "its metrics are too many to be shown here"]
        : failing.slice(0, 4).map((metric) => `${metric.name}: ${metric.reason ?? `${metric.actual} ${metric.expected ?? ""}`}`),
    next: [`kintsugi why ${key}`],
    ...(phase?.runbook === undefined ? {} : { runbook: phase.runbook }),
    channel: "canary",
  };
}

const DRIFT_TITLES: Readonly<Record<string, string>> = {
  stale: "serves old code",
  settings: "has other settings than expected",
  "nothing-serves": "takes no traffic",
};

export function driftFinding(service: ServiceDrift): Finding {
  const newest = service.undeployed.slice(0, 3).map(({ sha, message }) => `${sha.slice(0, 10)} ${message}`);
  const age = service.age_seconds === undefined ? [] : [`oldest undeployed change: ${span(service.age_seconds * 1_000)} old`];
  return {
    key: `drift:${service.service}`,
    severity: service.severity,
    title: `${service.service}: ${DRIFT_TITLES[service.reason] ?? "splits its traffic"}`,
    facts: [service.text, ...(newest.length === 0 ? [] : [`not deployed: ${newest.join("; ")}`]), ...age],
    next: service.command === undefined ? [`kintsugi why drift:${service.service}`] : [service.command],
    channel: "drift",
  };
}

export function gateFinding(decision: GateDecided): Finding {
  const before = String(decision.quality_metadata["before"] ?? "the next phase");
  return {
    key: `gate:${decision.gate}`,
    severity: decision.severity,
    title: `gate ${decision.gate} holds ${before} back for ${decision.day}`,
    facts: [decision.message, ...decision.quality_issues.slice(0, 2), `${decision.actual_count} of ${decision.expected_count} there`],
    next: [`kintsugi why gate:${decision.gate}`],
    channel: "gate",
  };
}

export function healerFinding(healer: string, told: HealerRun["told"][number]): Finding {
  const key = `healer:${healer}:${told.target}`;
  return {
    key,
    severity: "red",
    title: `${healer}: ${told.target} needs a person`,
    facts: [told.text],
    next: [`kintsugi why ${told.target}`],
    channel: "healing",
  };
}

export function unknownFinding(functionName: string, subject: string | undefined, reason: string): Finding {
  const key = subject === undefined ? `unknown:${functionName}` : `unknown:${functionName}:${subject}`;
  const channel = functionName === "drift" || functionName === "canary" || functionName === "gate" ? functionName : "healing";
  return {
    key,
    severity: "yellow",
    title: subject === undefined ? `${functionName} cannot look at anything` : `${functionName} cannot look at ${subject}`,
    facts: [shorten(reason, 300), "this says nothing about whether all is well"],
    next: ["kintsugi status"],
    channel,
  };
}

export function silenceFinding(functionName: string, sinceMs: number, periodMs: number): Finding {
  return {
    key: `watch:${functionName}`,
    severity: "red",
    title: `${functionName} is silent`,
    facts: [`last heard ${new Date(sinceMs).toISOString().slice(0, 16)}Z; it is due every ${span(periodMs)}`],
    next: ["kintsugi status"],
    channel: "watch",
  };
}

/** A span of time as people write it: `1 h`, `15 min`, `3 d`. */
export function span(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes >= 72 * 60 && minutes % (24 * 60) === 0) return `${minutes / (24 * 60)} d`;
  if (minutes >= 60) return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return minutes === 0 ? `${Math.round(ms / 1_000)} s` : `${minutes} min`;
}
