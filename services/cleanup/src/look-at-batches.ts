/** Reads a healer's batches that are not done, and says what each needs. */

import type { Healer } from "@kintsugi/config/model";
import type { Dependencies } from "@kintsugi/function-kit/declaration";
import { type Batch, readBatch } from "@kintsugi/healing/batch";
import { type BatchDecision, decideBatch } from "@kintsugi/healing/decide-batch";
import { exceedsBlastRadius } from "@kintsugi/healing/limits";

export type Needy = { readonly batch: Batch; readonly decision: Exclude<BatchDecision, { action: "none" }> };

export type Seen = {
  readonly considered: number;
  /** Batches that need something; those whose times cannot be trusted are not known to be stalled. */
  readonly needy: readonly Needy[];
  readonly stalled: ReadonlySet<string>;
  readonly unreadable: readonly { readonly id: string; readonly why: string }[];
  /** So many of so many are stalled at one time that nothing is healed. */
  readonly blast?: { readonly stalled: number; readonly of: number };
};

export async function lookAtBatches(documents: Pick<Dependencies["documents"], "list">, healer: Healer, nowMs: number): Promise<Seen> {
  const read = (await documents.list(healer.batches, { unlessTrue: healer.fields.done })).map(({ id, data }) => ({
    id,
    ...readBatch(id, data, healer),
  }));
  const batches = read.flatMap((one) => ("batch" in one ? [one.batch] : []));
  const needy = batches.flatMap((batch) => {
    const decision = decideBatch(batch, healer, nowMs);
    return decision.action === "none" ? [] : [{ batch, decision }];
  });
  const stalled = needy.filter(({ decision }) => decision.reason !== "time-ahead").map(({ batch }) => batch);
  const young = (some: readonly Batch[]): number => some.filter(({ createdMs }) => nowMs - createdMs <= healer.maxAgeMs).length;
  const blast = { stalled: young(stalled), of: young(batches) };
  return {
    considered: batches.length,
    needy,
    stalled: new Set(stalled.map(({ target }) => target)),
    unreadable: read.flatMap((one) => ("unreadable" in one ? [{ id: one.id, why: one.unreadable }] : [])),
    ...(exceedsBlastRadius(blast.stalled, blast.of, healer.limits) ? { blast } : {}),
  };
}
