/** A target that needs a person: why, in words, and what to do. Pure. */

import type { Healer } from "@kintsugi/config/healer";
import { nameSome } from "@kintsugi/events/name-some";
import { shorten } from "@kintsugi/events/shorten";
import { type Batch, isNameable } from "@kintsugi/healing/batch";
import { type BatchDecision, describeMembers } from "@kintsugi/healing/decide-batch";
import { derivedId } from "@kintsugi/events/event";
import type { FailedHeal, Intent } from "./heal-store.ts";

/** In the order in which they are told together. */
export const escalationReasons = [
  "limit-per-target",
  "not-helped",
  "errored",
  "proposed",
  "below-share",
  "never-started",
  "too-old",
  "time-ahead",
  "unreadable",
] as const;
export type EscalationReason = (typeof escalationReasons)[number];

export type Escalation = {
  /** A name that events can carry. */
  readonly target: string;
  readonly reason: EscalationReason;
  /** What is wrong, as the end of a headline. */
  readonly headline: string;
  /** The first says all in one sentence; at most four. */
  readonly facts: readonly string[];
  /** Exact commands. */
  readonly next: readonly string[];
};

const MAX_FACT = 500;
const MAX_REASONS = 5;

/** @param proof what the proof of an earlier heal said, where it did not help */
export function escalateBatch(
  batch: Batch,
  decision: Extract<BatchDecision, { action: "escalate" }>,
  healer: Healer,
  failed: FailedHeal | undefined,
): Escalation {
  const { target, unclassified } = batch;
  const reasons = unclassified.length === 0 ? [] : [`unclassified skip reasons: ${nameSome(unclassified, MAX_REASONS)}`];
  const tried = failed === undefined ? "nothing was done to it" : sayFailed(failed);
  return {
    target,
    reason: decision.reason,
    headline: headlineOf(decision.reason),
    facts: [decision.text, `${describeMembers(batch)}, last touched ${timeOf(batch.updatedMs)}`, ...reasons, tried].map(inShort),
    next: nextOf(target, healer),
  };
}

export function escalateUnreadable(id: string, why: string, healer: Healer): Escalation {
  const isNamed = isNameable(id);
  return {
    target: isNamed ? id : `document-${derivedId(id).slice(0, 12)}`,
    reason: "unreadable",
    headline: headlineOf("unreadable"),
    facts: [`${id} cannot be judged: ${why}`, "nothing was done to it"].map(inShort),
    next: isNamed ? nextOf(id, healer) : [`kintsugi doc list ${quoted(healer.batches)}`],
  };
}

export function escalateError(target: string, text: string, healer: Healer): Escalation {
  return { target, reason: "errored", headline: headlineOf("errored"), facts: [inShort(text)], next: nextOf(target, healer) };
}

export function escalateProposal(target: string, { text, approved }: Intent, healer: Healer): Escalation {
  const { name } = healer;
  const waits =
    approved === undefined ? "nothing is done before a person applies it" : `approved by ${approved.actor}: the next run applies it`;
  return {
    target,
    reason: "proposed",
    headline: headlineOf("proposed"),
    facts: [`to close ${target}, ${text}`, waits].map(inShort),
    next: [`kintsugi heal apply ${quoted(target)} --healer ${quoted(name)} --reason "…"`, ...nextOf(target, healer)],
  };
}

export function headlineOf(reason: Exclude<EscalationReason, "limit-per-target">): string {
  switch (reason) {
    case "not-helped":
      return "its heal did not help";
    case "errored":
      return "it could not be closed";
    case "proposed":
      return "a heal is proposed";
    case "below-share":
      return "it stalled below the share";
    case "never-started":
      return "it never started";
    case "too-old":
      return "it is too old";
    case "time-ahead":
      return "its times cannot be trusted";
    case "unreadable":
      return "it cannot be read";
  }
}

/** Of several targets, after their number. */
export function togetherOf(reason: EscalationReason): string {
  switch (reason) {
    case "limit-per-target":
      return "healed in vain, as often as allowed";
    case "not-helped":
      return "whose heal did not help";
    case "errored":
      return "that could not be closed";
    case "proposed":
      return "whose heal waits for a person";
    case "below-share":
      return "stalled below the share";
    case "never-started":
      return "that never started";
    case "too-old":
      return "too old";
    case "time-ahead":
      return "whose times cannot be trusted";
    case "unreadable":
      return "that cannot be read";
  }
}

export function sayFailed({ outcome, proof, attempt, actedMs }: FailedHeal): string {
  return inShort(`heal ${attempt} of ${timeOf(actedMs)} is ${outcome}: ${proof}`);
}

export function nextOf(target: string, { name, batches }: Pick<Healer, "name" | "batches">, isReleasable = false): readonly string[] {
  return [
    `kintsugi doc get ${quoted(`${batches}/${target}`)}`,
    `kintsugi why ${quoted(target)}`,
    ...(isReleasable ? [`kintsugi heal release ${quoted(target)} --healer ${quoted(name)} --reason "…"`] : []),
  ];
}

export function inShort(text: string): string {
  return shorten(text, MAX_FACT);
}

/** A word as a shell takes it. */
export function quoted(word: string): string {
  return /^[\w.:@/+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** `2026-02-05 19:40 UTC`. */
export function timeOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
