/** What a healer says of itself and of its targets, in words for people. Pure. */

import type { Healer } from "@kintsugi/config/healer";
import { nameSome } from "@kintsugi/events/name-some";
import type { Observation } from "@kintsugi/events/observation";
import { blindSpotOf, type Scope, type Subject, subjectKey } from "@kintsugi/events/subject";
import { Failure } from "@kintsugi/ports/failure";
import { type Escalation, escalationReasons, inShort, quoted, togetherOf } from "./escalation.ts";

/** From so many targets that need a person on they are told as one. */
const MANY = 10;
const MAX_NAMED = 5;
const MAX_FACTS = 4;
const MAX_TARGETS = 200;

export type HealerLook = {
  readonly escalations: readonly Escalation[];
  /** Why the healer could not do all it meant to. */
  readonly trouble?: { readonly reason: string; readonly cause: string };
  readonly blast?: { readonly stalled: number; readonly of: number };
};

type Said = { readonly observations: readonly Observation[]; readonly complete: readonly Scope[] };
type Named = Pick<Healer, "name" | "batches">;

export function observeHealer(healer: Named, { escalations, trouble, blast }: HealerLook): Said {
  const own: Observation =
    trouble === undefined ? { subject: { kind: "healer", healer: healer.name }, verdict: "ok" } : cannotAct(healer, trouble);
  const many = { kind: "many", healer: healer.name } as const;
  const radius = { kind: "blast-radius", healer: healer.name } as const;
  const isOk = (subject: Subject): Observation => ({ subject, verdict: "ok" });
  // Single targets that were told before stay as they are, so nothing is complete: they are explained by what is told instead of them.
  if (blast !== undefined) return { observations: [own, observeBlast(healer, blast), isOk(many)], complete: [] };
  if (escalations.length >= MANY) return { observations: [own, observeMany(healer, escalations), isOk(radius)], complete: [] };
  const singles = escalations.map((escalation) => observeTarget(healer, escalation));
  return trouble === undefined
    ? { observations: [own, ...singles], complete: [{ kind: "targets", healer: healer.name }] }
    : { observations: [own, ...singles, isOk(many), isOk(radius)], complete: [] };
}

/** A healer that could not even look: it says nothing of its targets. */
export function observeBlind(healer: Named, reason: string, cause: string): Said {
  return { observations: [unknown(healer, `${healer.name} cannot look at its batches`, reason, cause)], complete: [] };
}

/** What a failed reading or act was about: the documents, where the store does not say. */
export function causeOf(error: unknown): string {
  return error instanceof Failure && error.about !== undefined ? error.about : "documents";
}

function cannotAct(healer: Named, { reason, cause }: NonNullable<HealerLook["trouble"]>): Observation {
  return unknown(healer, `${healer.name} cannot close its batches`, reason, cause);
}

function unknown(healer: Named, title: string, reason: string, cause: string): Observation {
  const subject = { kind: "healer", healer: healer.name } as const;
  return {
    subject,
    verdict: "unknown",
    severity: "yellow",
    title,
    facts: [inShort(reason), "the next run tries again"],
    next: [`kintsugi why ${quoted(subjectKey(blindSpotOf("cleanup", subject)))}`],
    channel: "healing",
    cause,
  };
}

function observeTarget(healer: Named, { target, headline, facts, next }: Escalation): Observation {
  return {
    subject: { kind: "target", healer: healer.name, target },
    verdict: "finding",
    severity: "red",
    title: `${healer.name}: ${target} needs a person: ${headline}`,
    facts: facts.slice(0, MAX_FACTS),
    next: [...next],
    channel: "healing",
  };
}

function observeMany(healer: Named, escalations: readonly Escalation[]): Observation {
  const subject = { kind: "many", healer: healer.name } as const;
  const targets = escalations.map(({ target }) => target);
  return {
    subject,
    verdict: "finding",
    severity: "red",
    title: `${healer.name}: ${targets.length} batches need a person`,
    facts: byReason(escalations).map(inShort),
    next: [`kintsugi doc list ${quoted(healer.batches)}`, `kintsugi why ${quoted(subjectKey(subject))}`],
    channel: "healing",
    targets: targets.slice(0, MAX_TARGETS),
  };
}

/** The most frequent reasons first; what is left over is one fact. */
function byReason(escalations: readonly Escalation[]): readonly string[] {
  const groups = escalationReasons
    .map((reason) => ({ text: togetherOf(reason), names: escalations.filter((one) => one.reason === reason).map(({ target }) => target) }))
    .filter(({ names }) => names.length > 0)
    .sort((a, b) => b.names.length - a.names.length);
  const shown = groups.length <= MAX_FACTS ? groups : groups.slice(0, MAX_FACTS - 1);
  const others = groups.slice(shown.length).flatMap(({ names }) => names);
  const all = others.length === 0 ? shown : [...shown, { text: "for other reasons", names: others }];
  return all.map(({ text, names }) => `${names.length} ${text}: ${nameSome(names, MAX_NAMED)}`);
}

function observeBlast(healer: Named, { stalled, of }: NonNullable<HealerLook["blast"]>): Observation {
  const subject = { kind: "blast-radius", healer: healer.name } as const;
  return {
    subject,
    verdict: "finding",
    severity: "red",
    title: `${healer.name}: ${stalled} of ${of} batches are stalled at one time`,
    facts: ["nothing is healed while so many are stalled: look for what they share"],
    next: [`kintsugi doc list ${quoted(healer.batches)}`, `kintsugi why ${quoted(subjectKey(subject))}`],
    channel: "healing",
  };
}
