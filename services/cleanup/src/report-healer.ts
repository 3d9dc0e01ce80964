/** From what a healer saw and did to what it reports, says and remembers. Pure. */

import type { Healer } from "@kintsugi/config/healer";
import type { Observation } from "@kintsugi/events/observation";
import type { HealerRun } from "@kintsugi/events/runs";
import type { Scope } from "@kintsugi/events/subject";
import type { NewEvent } from "@kintsugi/function-kit/declaration";
import type { Write } from "@kintsugi/ports/documents";
import { isLasting } from "@kintsugi/ports/failure";
import { type Escalation, escalateBatch, escalateError, escalateProposal, escalateUnreadable } from "./escalation.ts";
import type { Healed } from "./heal-batch.ts";
import { forgetTarget, isForgotten, type Remembered, writeTarget } from "./heal-store.ts";
import { type Pause, sayPause } from "./heal-words.ts";
import type { Seen } from "./look-at-batches.ts";
import { causeOf, observeHealer } from "./observe-healer.ts";
import type { Proved } from "./prove-pending.ts";
import { troubleOf } from "./remembered-trouble.ts";

export type HealerResult = {
  readonly report: HealerRun;
  readonly observations: readonly Observation[];
  readonly complete: readonly Scope[];
  /** What could not be read or written, where the verdict is unknown. */
  readonly cause?: string;
  readonly writes: readonly Write[];
  readonly publish: readonly NewEvent[];
};

export type HealerFacts = {
  readonly proved: Proved;
  readonly remembered: ReadonlyMap<string, Remembered>;
  readonly seen: Seen;
  /** What became of each target that might have been acted on. */
  readonly healed: ReadonlyMap<string, Healed>;
  readonly pending: ReadonlySet<string>;
  readonly pause?: Pause;
  readonly nowMs: number;
};

/** An event holds 64 KiB; `stalled` says how many there are. */
const MAX_LIMITED = 100;

export function reportHealer(healer: Healer, facts: HealerFacts): HealerResult {
  const { proved, seen } = facts;
  const escalations = seen.blast === undefined ? escalationsOf(healer, facts) : [];
  const trouble = troubleWithActs(facts);
  const look = {
    escalations,
    ...(trouble === undefined ? {} : { trouble }),
    ...(seen.blast === undefined ? {} : { blast: seen.blast }),
  };
  return {
    report: { healer: healer.name, ...reportOf(facts, escalations, trouble?.reason) },
    ...observeHealer(healer, look),
    ...(trouble === undefined ? {} : { cause: trouble.cause }),
    writes: [...proved.writes, ...seen.writes, ...memoryWrites(facts)],
    publish: proved.publish,
  };
}

/** An act that failed and may pass: the next run tries again. */
function troubleWithActs({ healed }: HealerFacts): { readonly reason: string; readonly cause: string } | undefined {
  for (const one of healed.values())
    if (one.result === "errored" && !isLasting(one.error)) return { reason: one.text, cause: causeOf(one.error) };
  return undefined;
}

function reportOf(facts: HealerFacts, escalations: readonly Escalation[], trouble: string | undefined): Omit<HealerRun, "healer"> {
  const { proved, seen, healed, pause, pending } = facts;
  const reason = trouble ?? (pause === undefined ? undefined : sayPause(pause));
  const closed = closedOf(facts);
  return {
    verdict: trouble === undefined ? "ok" : "unknown",
    ...(reason === undefined ? {} : { reason }),
    considered: seen.considered,
    stalled: seen.stalled.size,
    pending: pending.size + closed.length - proved.ofThisRun.length,
    closed,
    escalated: escalations.map(({ target, reason: why, facts: [text] }) => ({ target, reason: why, text: text! })),
    limited: limitedOf(healed, new Set(closed.map(({ target }) => target))).slice(0, MAX_LIMITED),
  };
}

/** What a run did that died before it could report it is reported by the one that comes again. */
function closedOf({ proved, healed }: HealerFacts): HealerRun["closed"] {
  const before = proved.ofThisRun.map(({ target, healingId }) => ({ target, healing_id: healingId }));
  const now = [...healed].flatMap(([target, one]) => (one.result === "closed" ? [{ target, healing_id: one.healingId }] : []));
  return [...before, ...now];
}

function limitedOf(healed: ReadonlyMap<string, Healed>, closed: ReadonlySet<string>): HealerRun["limited"] {
  return [...healed].flatMap(([target, one]) => {
    if (one.result === "errored") return [{ target, reason: "errored" }];
    if (one.result === "proposed" || one.result === "shadow") return [{ target, reason: one.result }];
    return one.result === "limited" && !closed.has(target) ? [{ target, reason: one.reason }] : [];
  });
}

/** One for each target: how it stands now says more than what is remembered of it. */
function escalationsOf(healer: Healer, { seen, healed, remembered, pending, nowMs }: HealerFacts): readonly Escalation[] {
  const states = [...remembered.values()].map(({ state }) => state).filter((state) => !isForgotten(state, nowMs));
  const failed = new Map(states.map(({ target, failed: heal }) => [target, heal]));
  const acted = new Set([...healed].flatMap(([target, one]) => (one.result === "closed" ? [target] : [])));
  const now: readonly Escalation[] = [
    ...seen.unreadable.map(({ id, why }) => escalateUnreadable(id, why, healer)),
    ...seen.needy.flatMap(({ batch, decision }) =>
      decision.action === "escalate" ? [escalateBatch(batch, decision, healer, failed.get(batch.target))] : [],
    ),
    ...[...healed].flatMap(([target, one]) => (one.result === "proposed" ? [escalateProposal(target, one.intent, healer)] : [])),
    ...[...healed].flatMap(([target, one]) =>
      one.result === "errored" && isLasting(one.error) ? [escalateError(target, one.text, healer)] : [],
    ),
  ];
  const named = new Set(now.map(({ target }) => target));
  const lookedAt = { stalled: seen.stalled, pending: new Set([...pending, ...acted]), nowMs };
  return [...now, ...states.flatMap((state) => (named.has(state.target) ? [] : (troubleOf(state, healer, lookedAt) ?? [])))];
}

/** Closing has written what is remembered of those that it closed, and may have written it where its answer was lost. */
function memoryWrites({ remembered, seen, healed, proved, nowMs }: HealerFacts): readonly Write[] {
  const written = new Set([
    ...proved.ofThisRun.map(({ target }) => target),
    ...[...healed].flatMap(([target, { result }]) => (isWritten(result, remembered.get(target)) ? [target] : [])),
  ]);
  return [...remembered.values()].flatMap((one) => {
    const { target } = one.state;
    if (written.has(target)) return [];
    if (isForgotten(one.state, nowMs)) return [forgetTarget(one)];
    if (seen.stalled.has(target)) return [writeTarget({ ...one, state: { ...one.state, lastStalledMs: nowMs } })];
    // Nothing is to be done any more of what was proposed.
    const { intent, ...state } = one.state;
    if (intent === undefined) return [];
    return [state.attempts === 0 && state.failed === undefined ? forgetTarget(one) : writeTarget({ ...one, state })];
  });
}

/** A proposal is written when it is made, and not again. */
function isWritten(result: Healed["result"], before: Remembered | undefined): boolean {
  switch (result) {
    case "closed":
    case "errored":
      return true;
    case "proposed":
    case "shadow":
      return before?.state.intent === undefined;
    case "limited":
    case "left":
      return false;
  }
}
