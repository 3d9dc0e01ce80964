/**
 * Proves what an earlier run has done, by reading the target again. Only then is the outcome known and published.
 * A proof is stored before anything acts again: a run that dies after its next act must not take that act for the success of the one before.
 */

import { textLiteral } from "@kintsugi/ports/sql-text";
import type { Healer } from "@kintsugi/config/model";
import { commitSurely } from "@kintsugi/function-kit/commit-surely";
import type { Dependencies, NewEvent, Run } from "@kintsugi/function-kit/declaration";
import { type Evidence, proveHeal } from "@kintsugi/healing/prove";
import { stateOf } from "@kintsugi/healing/state-of";
import { derivedId } from "@kintsugi/events/event";
import type { Write } from "@kintsugi/ports/documents";
import { isPermanent, messageOf } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import { forgetPending, isProved, listPending, type PendingHeal, type ProvedHeal, writePending } from "./heal-store.ts";

export type Proved = {
  readonly writes: readonly Write[];
  readonly publish: readonly NewEvent[];
  readonly stillPending: readonly PendingHeal[];
  /** Acts of this very run, which died before it could report them and has come again; proved by now or not. */
  readonly ofThisRun: readonly PendingHeal[];
};

export async function provePending(
  dependencies: Pick<Dependencies, "documents" | "warehouse">,
  healer: Healer,
  { id: runId, nowMs }: Pick<Run, "id" | "nowMs">,
): Promise<Proved> {
  const { documents } = dependencies;
  const heals = await listPending(documents, healer.name);
  const proved: ProvedHeal[] = [];
  const fresh: ProvedHeal[] = [];
  for (const heal of heals) {
    if (isProved(heal)) proved.push(heal);
    else if (nowMs - heal.actedMs >= healer.verify.afterMs) {
      const { evidence, after } = await lookAgain(dependencies, healer, heal);
      const proof = proveHeal(evidence, nowMs - heal.actedMs);
      if (proof.outcome !== "pending")
        fresh.push({
          ...heal,
          proof: { outcome: proof.outcome, reason: proof.reason, after: after as ProvedHeal["proof"]["after"], atMs: nowMs },
        });
    }
  }
  if (fresh.length > 0)
    await commitSurely(documents, { writes: fresh.map(writePending), publish: [], outbox: derivedId(runId, healer.name, "proofs") }, nowMs);
  const done = [...proved, ...fresh];
  const doneIds = new Set(done.map(({ healingId }) => healingId));
  return {
    writes: done.map(forgetPending),
    publish: done.map((heal) => completed(healer, heal)),
    stillPending: heals.filter(({ healingId }) => !doneIds.has(healingId)),
    ofThisRun: heals.filter((heal) => heal.runId === runId),
  };
}

async function lookAgain(
  { documents, warehouse }: Pick<Dependencies, "documents" | "warehouse">,
  healer: Healer,
  heal: PendingHeal,
): Promise<{ evidence: Evidence; after: JsonObject }> {
  try {
    const document = await documents.get(healer.batches, heal.target);
    if (document === undefined) return { evidence: { kind: "gone" }, after: {} };
    const isDone = document.data[healer.fields.done] === true;
    const proof = healer.verify.sql === undefined ? undefined : await holds(warehouse, healer.verify.sql, heal.target);
    return { evidence: { kind: "read", isDone, proof }, after: stateOf(document.data, healer) };
  } catch (error) {
    return { evidence: { kind: "not-readable", reason: messageOf(error), isLasting: isPermanent(error) }, after: {} };
  }
}

async function holds(warehouse: Dependencies["warehouse"], sql: string, target: string): Promise<boolean> {
  const { rows } = await warehouse.query(sql.replaceAll(/@target\b/g, () => textLiteral(warehouse.dialect, target)));
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
      mode: "auto",
      actor: healer.name,
      correlation_id: heal.healingId,
      causation_id: heal.requestedId,
      hop_count: 0,
      duration_seconds: (proof.atMs - heal.actedMs) / 1_000,
      verified_at: time,
    },
  };
}
