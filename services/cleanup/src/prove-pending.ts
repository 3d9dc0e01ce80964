/**
 * Proves what an earlier run has done, by reading the target again. Only then is the outcome known and published.
 * A proof is stored before anything acts again: a run that dies after its next act must not take that act for the success of the one before.
 */

import type { Healer } from "@kintsugi/config/healer";
import { withTarget } from "@kintsugi/config/target-parameter";
import { derivedId } from "@kintsugi/events/event";
import { commitIdempotently } from "@kintsugi/function-kit/commit-idempotently";
import type { Dependencies, NewEvent, Run } from "@kintsugi/function-kit/declaration";
import { type Evidence, proveHeal } from "@kintsugi/healing/prove";
import { stateOf } from "@kintsugi/healing/state-of";
import { placeOf, type Write } from "@kintsugi/ports/documents";
import { isPermanent, messageOf } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import { textLiteral } from "@kintsugi/ports/sql-text";
import { failedIn } from "./completions.ts";
import { withLook, withProof } from "./failed-heals.ts";
import {
  forgetPending,
  isForgotten,
  isProved,
  listPending,
  type PendingHeal,
  type ProvedHeal,
  recallTargets,
  type Remembered,
  writePending,
  writeTarget,
} from "./heal-store.ts";

export type Proved = {
  readonly writes: readonly Write[];
  readonly publish: readonly NewEvent[];
  readonly stillPending: readonly PendingHeal[];
  /** Acts of this very run, which died before it could report them and has come again; proved by now or not. */
  readonly ofThisRun: readonly PendingHeal[];
};

type Readers = Pick<Dependencies, "documents" | "warehouse">;

/** @throws Conflict when a person releases one of the targets meanwhile: then the run begins anew */
export async function provePending(
  dependencies: Readers,
  healer: Healer,
  { id: runId, nowMs }: Pick<Run, "id" | "nowMs">,
): Promise<Proved> {
  const { documents } = dependencies;
  const heals = await listPending(documents, healer.name);
  const fresh = await proveDue(dependencies, healer, heals, nowMs);
  const remembered = await recallTargets(documents, healer.name);
  const changed = [
    ...fresh.flatMap((heal) => withProof(remembered.get(heal.target), heal, nowMs) ?? []),
    ...(await lookAtFailedAgain(dependencies, healer, failedAndIdle(remembered, heals, nowMs))),
  ];
  const writes = [...fresh.map(writePending), ...changed.map(writeTarget)];
  // The content tells this commit from that of an earlier try of the same run.
  const outbox = derivedId(runId, healer.name, "proofs", JSON.stringify(writes));
  if (writes.length > 0) await commitIdempotently(documents, { writes, publish: [], outbox }, nowMs);
  const done = [...heals.filter(isProved), ...fresh];
  const doneIds = new Set(done.map(({ healingId }) => healingId));
  return {
    writes: done.map(forgetPending),
    publish: done.map((heal) => completed(healer, heal)),
    stillPending: heals.filter(({ healingId }) => !doneIds.has(healingId)),
    ofThisRun: heals.filter((heal) => heal.runId === runId),
  };
}

async function proveDue(
  dependencies: Readers,
  healer: Healer,
  heals: readonly PendingHeal[],
  nowMs: number,
): Promise<readonly ProvedHeal[]> {
  const proved: ProvedHeal[] = [];
  for (const heal of heals) {
    if (isProved(heal) || nowMs - heal.actedMs < healer.verify.afterMs) continue;
    const { evidence, after } = await lookAgain(dependencies, healer, heal);
    const { outcome, reason } = proveHeal(evidence, nowMs - heal.actedMs);
    if (outcome !== "pending")
      proved.push({ ...heal, proof: { outcome, reason, after: after as ProvedHeal["proof"]["after"], atMs: nowMs } });
  }
  return proved;
}

/** Who waits for the proof of a further heal waits for that one. */
function failedAndIdle(remembered: ReadonlyMap<string, Remembered>, heals: readonly PendingHeal[], nowMs: number): readonly Remembered[] {
  const busy = new Set(heals.map(({ target }) => target));
  return [...remembered.values()].filter(
    ({ state }) => state.failed !== undefined && !busy.has(state.target) && !isForgotten(state, nowMs),
  );
}

/** A heal that did not help may have helped by now. */
async function lookAtFailedAgain(dependencies: Readers, healer: Healer, failed: readonly Remembered[]): Promise<readonly Remembered[]> {
  const changed: Remembered[] = [];
  for (const one of failed) {
    const { evidence } = await lookAgain(dependencies, healer, { target: one.state.target, failedBefore: one.state.failed?.failedBefore });
    const after = withLook(one, proveHeal(evidence, 0));
    if (after !== undefined) changed.push(after);
  }
  return changed;
}

async function lookAgain(
  readers: Readers,
  healer: Healer,
  heal: Healed,
): Promise<{ readonly evidence: Evidence; readonly after: JsonObject }> {
  try {
    const document = await readers.documents.get(healer.batches, heal.target);
    if (document === undefined) return { evidence: { kind: "gone" }, after: {} };
    const isDone = document.data[healer.fields.done] === true;
    const doubt = isDone ? await doubtOf(readers, healer, heal, document.data) : undefined;
    return { evidence: { kind: "read", isDone, doubt }, after: stateOf(document.data, healer) };
  } catch (error) {
    return { evidence: { kind: "not-readable", reason: messageOf(error), isLasting: isPermanent(error) }, after: {} };
  }
}

type Healed = { readonly target: string; readonly failedBefore: number | undefined };

/** What speaks against the heal, though the batch is done. Where nothing follows from completion that could be asked for, the workers are believed. */
async function doubtOf({ documents, warehouse }: Readers, healer: Healer, heal: Healed, data: JsonObject): Promise<string | undefined> {
  const { sql, document } = healer.verify;
  if (sql !== undefined && !(await holds(warehouse, sql, heal.target))) return "verify.sql says no";
  if (document !== undefined) {
    const path = document.replaceAll("{target}", () => heal.target);
    const place = placeOf(path);
    if (place === undefined || (await documents.get(place.collection, place.id)) === undefined)
      return `verify.document ${path} is not there`;
  }
  if (sql !== undefined || document !== undefined || heal.failedBefore === undefined) return undefined;
  const failed = failedIn(data, healer) - heal.failedBefore;
  return failed > 0 ? `${failed} more failed since, as its workers report` : undefined;
}

async function holds(warehouse: Dependencies["warehouse"], sql: string, target: string): Promise<boolean> {
  const { rows } = await warehouse.query(withTarget(warehouse.dialect, sql, textLiteral(warehouse.dialect, target)));
  const [first] = Object.values(rows[0] ?? {});
  return first === true || (typeof first === "number" && first > 0);
}

function completed(healer: Healer, { proof, ...heal }: ProvedHeal): NewEvent {
  const time = new Date(proof.atMs).toISOString();
  return {
    type: "healing.completed",
    purpose: `completed:${heal.healingId}`,
    subject: heal.target,
    data: {
      healing_id: heal.healingId,
      timestamp: time,
      healing_type: healer.name,
      trigger_reason: heal.trigger,
      action_taken: heal.action,
      before_state: heal.before,
      after_state: proof.after,
      success: proof.outcome === "effective",
      metadata: { proof: proof.reason, ...(heal.unclassified.length === 0 ? {} : { unclassified: heal.unclassified }) },
      target: heal.target,
      cause: heal.cause,
      outcome: proof.outcome,
      attempt: heal.attempt,
      mode: heal.mode,
      actor: heal.actor ?? healer.name,
      correlation_id: heal.healingId,
      causation_id: heal.requestedId,
      hop_count: 0,
      duration_seconds: (proof.atMs - heal.actedMs) / 1_000,
      verified_at: time,
    },
  };
}
