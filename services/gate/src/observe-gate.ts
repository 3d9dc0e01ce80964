/** What the gate says of itself after a decision: whom it holds back on bad data, or that it could not look. Pure. */

import { Id } from "@kintsugi/events/fields";
import type { GateDecided } from "@kintsugi/events/gate";
import type { Observation, Trouble } from "@kintsugi/events/observation";
import { shorten } from "@kintsugi/events/shorten";
import { blindSpotOf, type Subject, subjectKey } from "@kintsugi/events/subject";

export type Decision = {
  readonly decided: Pick<
    GateDecided,
    "gate" | "day" | "consumer" | "context" | "verdict" | "can_proceed" | "message" | "quality_issues" | "severity" | "checks"
  >;
  /** The phase that the gate guards. */
  readonly before: string;
  /** Somebody has said that the day may go through, or that this question may. */
  readonly isOverridden: boolean;
  /** Something could not be looked at. */
  readonly isBlind: boolean;
  /** What could not be read. */
  readonly cause: string | undefined;
};

const MAX_FACT = 500;
const MAX_ISSUES = 2;

export function observeGate(decision: Decision): readonly Observation[] {
  const { decided, isOverridden, isBlind } = decision;
  const { gate, day, context } = decided;
  const subject: Subject = { kind: "gate", gate };
  if (context === "backfill") return [];
  const isWell: Observation = { subject, verdict: "ok", day };
  const isSeen: Observation = { subject: blindSpotOf("gate", subject), verdict: "ok", day };
  if (isOverridden || context === "override") return [isWell, isSeen];
  if (decided.verdict !== "block") return isBlind ? [isWell, unclear(decision, subject)] : [isWell, isSeen];
  // Whoever is only warned is not held back, so nothing waits.
  if (decided.can_proceed) return [];
  return [decided.checks.some(({ verdict }) => verdict === "finding") ? holdsBack(decision, subject) : cannotLook(decision, subject)];
}

function holdsBack({ decided, before }: Decision, subject: Subject): Observation {
  const issues = decided.quality_issues.filter((issue) => !decided.message.includes(issue)).slice(0, MAX_ISSUES);
  return {
    subject,
    verdict: "finding",
    day: decided.day,
    severity: decided.severity,
    title: `gate ${decided.gate} holds ${before} back`,
    facts: [decided.message, ...issues].map((fact) => shorten(fact, MAX_FACT)),
    next: [`kintsugi why ${subjectKey(subject)}`],
    channel: "gate",
    ...whoOf(decided.consumer),
  };
}

function cannotLook(decision: Decision, subject: Subject): Observation {
  const { decided } = decision;
  return {
    ...blindWords(decision, subject),
    subject: blindSpotOf("gate", subject),
    verdict: "finding",
    day: decided.day,
    ...whoOf(decided.consumer),
  };
}

/** Nobody is held back, but what could not be looked at should be known. */
function unclear(decision: Decision, subject: Subject): Observation {
  return { ...blindWords(decision, subject), subject, verdict: "unknown" };
}

type Words = Pick<Trouble, "severity" | "title" | "facts" | "next" | "channel" | "cause">;

function blindWords({ decided, cause }: Decision, subject: Subject): Words {
  return {
    severity: "yellow",
    title: `gate ${decided.gate} cannot look`,
    facts: [shorten(decided.message, MAX_FACT), "this says nothing about whether the data are well"],
    next: [`kintsugi why ${subjectKey(blindSpotOf("gate", subject))}`],
    channel: "gate",
    ...(cause === undefined ? {} : { cause }),
  };
}

/** A caller may name itself as it likes; what is no name is not told. */
function whoOf(consumer: string): { who?: string } {
  return Id.safeParse(consumer).success ? { who: consumer } : {};
}
