/** Reads a healer's batches that are not done, and says what each needs. */

import type { Healer } from "@kintsugi/config/model";
import type { Dependencies } from "@kintsugi/function-kit/declaration";
import { type Batch, readBatch } from "@kintsugi/healing/batch";
import { type BatchDecision, decideBatch } from "@kintsugi/healing/decide-batch";
import { exceedsBlastRadius } from "@kintsugi/healing/limits";
import type { Write } from "@kintsugi/ports/documents";
import { readOpenBatches } from "./open-batches.ts";

export type Needy = { readonly batch: Batch; readonly decision: Exclude<BatchDecision, { action: "none" }> };

export type Seen = {
  readonly considered: number;
  /** What is remembered so that the next look costs less. */
  readonly writes: readonly Write[];
  /** Batches that need something; those whose times cannot be trusted are not known to be stalled. */
  readonly needy: readonly Needy[];
  readonly stalled: ReadonlySet<string>;
  readonly unreadable: readonly { readonly id: string; readonly why: string }[];
  /** So many of so many are stalled at one time that nothing is healed. */
  readonly blast?: { readonly stalled: number; readonly of: number };
};

export async function lookAtBatches(
  documents: Pick<Dependencies["documents"], "get" | "list">,
  healer: Healer,
  nowMs: number,
): Promise<Seen> {
  const open = await readOpenBatches(documents, healer, nowMs);
  const read = open.documents.map(({ id, data }) => ({ id, ...readBatch(id, data, healer) }));
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
    writes: open.writes,
    needy,
    stalled: new Set(stalled.map(({ target }) => target)),
    unreadable: read.flatMap((one) => ("unreadable" in one ? [{ id: one.id, why: one.unreadable }] : [])),
    ...(exceedsBlastRadius(blast.stalled, blast.of, healer.limits) ? { blast } : {}),
  };
}
