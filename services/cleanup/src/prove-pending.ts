/** Proves what an earlier run has done, by reading the target again. Only then is the outcome known and published. */

import type { Healer } from "@kintsugi/config/model";
import type { Dependencies, NewEvent } from "@kintsugi/function-kit/declaration";
import { type Evidence, proveHeal } from "@kintsugi/healing/prove";
import type { Write } from "@kintsugi/ports/documents";
import { messageOf } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import type { Dialect } from "@kintsugi/ports/warehouse";
import { forgetPending, listPending, type PendingHeal } from "./heal-store.ts";

export type Proved = {
  readonly writes: readonly Write[];
  readonly publish: readonly NewEvent[];
  readonly stillPending: ReadonlySet<string>;
};

export async function provePending(
  dependencies: Pick<Dependencies, "documents" | "warehouse">,
  healer: Healer,
  nowMs: number,
): Promise<Proved> {
  const writes: Write[] = [];
  const publish: NewEvent[] = [];
  const stillPending = new Set<string>();
  for (const heal of await listPending(dependencies.documents, healer.name)) {
    if (nowMs - heal.actedMs < healer.verify.afterMs) {
      stillPending.add(heal.target);
      continue;
    }
    const { evidence, after } = await lookAgain(dependencies, healer, heal);
    const proof = proveHeal(evidence, nowMs - heal.actedMs);
    if (proof.outcome === "pending") {
      stillPending.add(heal.target);
      continue;
    }
    writes.push(forgetPending(heal));
    publish.push(completed(healer, heal, { outcome: proof.outcome, reason: proof.reason, after, nowMs }));
  }
  return { writes, publish, stillPending };
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
    return { evidence: { kind: "not-readable", reason: messageOf(error) }, after: {} };
  }
}

async function holds(warehouse: Dependencies["warehouse"], sql: string, target: string): Promise<boolean> {
  const { rows } = await warehouse.query(sql.replaceAll(/@target\b/g, () => textLiteral(warehouse.dialect, target)));
  const [first] = Object.values(rows[0] ?? {});
  return first === true || (typeof first === "number" && first > 0);
}

function textLiteral(dialect: Dialect, text: string): string {
  return dialect === "duckdb" ? `'${text.replaceAll("'", "''")}'` : JSON.stringify(text);
}

/** The fields that the healer knows of, as they are in the world. */
export function stateOf(data: JsonObject, healer: Healer): JsonObject {
  const names = [...Object.values(healer.fields), "auto_completed", "auto_completed_reason", "healing_id"];
  return Object.fromEntries(names.filter((name) => data[name] !== undefined).map((name) => [name, data[name]]));
}

function completed(
  healer: Healer,
  heal: PendingHeal,
  proof: { outcome: "effective" | "ineffective" | "inconclusive"; reason: string; after: JsonObject; nowMs: number },
): NewEvent {
  const time = new Date(proof.nowMs).toISOString();
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
      after_state: proof.after as Record<string, never>,
      success: proof.outcome === "effective",
      metadata: { proof: proof.reason },
      target: heal.target,
      cause: heal.cause,
      outcome: proof.outcome,
      attempt: heal.attempt,
      mode: "auto",
      actor: healer.name,
      correlation_id: heal.healingId,
      causation_id: heal.requestedId,
      hop_count: 0,
      duration_seconds: (proof.nowMs - heal.actedMs) / 1_000,
      verified_at: time,
    },
  };
}
