/** What the canary says of one check of one day, in words for people. Pure. */

import type { Judged } from "@kintsugi/checks/evaluate";
import type { Phase } from "@kintsugi/config/model";
import type { CheckResult, MetricResult } from "@kintsugi/events/canary";
import { nameSome } from "@kintsugi/events/name-some";
import type { Observation } from "@kintsugi/events/observation";
import { shorten } from "@kintsugi/events/shorten";
import { blindSpotOf, type Subject, subjectKey } from "@kintsugi/events/subject";

const MAX_FACT = 500;
const MAX_FACTS = 4;
/** Of a row, in a message. */
const MAX_COLUMNS = 4;

type Named = Pick<Phase, "name" | "title" | "runbook">;

/**
 * @param judged of the same run, whose warnings are told with a finding of the same phase and day
 */
export function observeCheck(one: Judged, phase: Named, judged: readonly Judged[]): Observation {
  const { result } = one;
  const about = { subject: subjectOf(result), ...(result.day === undefined ? {} : { day: result.day }) };
  switch (result.verdict) {
    case "ok":
      return { ...about, verdict: "ok" };
    case "not_applicable":
      return { ...about, verdict: "not_applicable", reason: shorten(result.reason ?? "nothing to judge", MAX_FACT) };
    case "unknown":
      return {
        ...about,
        verdict: "unknown",
        severity: "yellow",
        title: `${phase.title}: ${result.check} cannot be looked at`,
        facts: [shorten(result.reason ?? "no reason is known", MAX_FACT), "this says nothing about whether the data are well"],
        next: [`kintsugi why ${subjectKey(blindSpotOf("canary", about.subject))}`],
        channel: "canary",
        ...(one.fault?.cause === undefined ? {} : { cause: one.fault.cause }),
      };
    case "finding":
      return {
        ...about,
        verdict: "finding",
        severity: result.severity,
        title: `${phase.title}: ${result.check} fails`,
        facts: factsOf(one, judged),
        next: [`kintsugi why ${subjectKey(about.subject)}`],
        ...(phase.runbook === undefined ? {} : { runbook: phase.runbook }),
        channel: "canary",
      };
  }
}

export function subjectOf({ phase, check }: Pick<CheckResult, "phase" | "check">): Subject {
  return { kind: "check", phase, check };
}

function factsOf(one: Judged, judged: readonly Judged[]): string[] {
  const failing = tellingFirst(one.result.metrics.filter(({ verdict }) => verdict === "finding")).map(say);
  const isAll = failing.length <= MAX_FACTS;
  const rest = isAll ? [] : [`also ${nameSome(failing.slice(MAX_FACTS - 1), 5)}`];
  const facts = [
    ...failing.slice(0, isAll ? MAX_FACTS : MAX_FACTS - 1),
    ...rest,
    ...placeOf(one),
    ...warningsOf(one, judged),
    ...rowOf(one),
  ];
  return facts.slice(0, MAX_FACTS).map((fact) => shorten(fact, MAX_FACT));
}

/** Names tell more than numbers. */
function tellingFirst(metrics: readonly MetricResult[]): readonly MetricResult[] {
  const hasNames = ({ entities = [] }: MetricResult): boolean => entities.length > 0;
  return [...metrics.filter(hasNames), ...metrics.filter((metric) => !hasNames(metric))];
}

function say({ name, reason, verdict }: MetricResult): string {
  return `${name}: ${reason ?? verdict}`;
}

/** `table readings, 2026-11-23, 24 expected`. */
function placeOf({ check, result }: Judged): string[] {
  const parts = [
    check.kind === "table" ? `table ${check.table}` : "its own statement",
    ...(result.day === undefined ? [] : [result.day]),
    ...(result.expected === undefined ? [] : [`${result.expected} expected`]),
  ];
  return [parts.join(", ")];
}

/** One row that the finding is about: `such as game_id 0022500714, player_name NULL`. */
function rowOf({ result }: Judged): string[] {
  const [row] = result.metrics.flatMap(({ verdict, samples = [] }) => (verdict === "finding" ? samples : []));
  if (row === undefined) return [];
  const shown = Object.entries(row).slice(0, MAX_COLUMNS);
  return [`such as ${shown.map(([name, value]) => `${name} ${value ?? "NULL"}`).join(", ")}`];
}

function warningsOf({ result: { phase, day } }: Judged, judged: readonly Judged[]): string[] {
  const warnings = judged
    .filter(({ result }) => result.phase === phase && (result.day === undefined || result.day === day))
    .flatMap(({ result }) => result.metrics.filter(({ verdict }) => verdict === "warn").map((metric) => `${result.check}.${say(metric)}`));
  return warnings.length === 0 ? [] : [`warning: ${nameSome(warnings, 3)}`];
}
