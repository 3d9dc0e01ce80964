/** Reads a healer's batches that are not done, and says what each needs. */

import type { Healer } from "@kintsugi/config/healer";
import type { Dependencies } from "@kintsugi/function-kit/declaration";
import { type Batch, type BatchRead, readBatch } from "@kintsugi/healing/batch";
import { type BatchDecision, decideBatch } from "@kintsugi/healing/decide-batch";
import { exceedsBlastRadius } from "@kintsugi/healing/limits";
import type { Document, Documents, Write } from "@kintsugi/ports/documents";
import { readCompletions } from "./completions.ts";
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

type OpenRead = { readonly id: string } & BatchRead;

/** One that was touched just now is not stalled, whatever stands below it. */
async function readOpen(documents: Pick<Documents, "list">, healer: Healer, { id, data }: Document, nowMs: number): Promise<OpenRead> {
  const read = readBatch(id, data, healer);
  const isMoving = "batch" in read && nowMs - read.batch.updatedMs < healer.stalledAfterMs;
  if (isMoving || !("batch" in read) || healer.completions === undefined) return { id, ...read };
  return { id, ...readBatch(id, data, healer, await readCompletions(documents, healer, id)) };
}

export async function lookAtBatches(
  documents: Pick<Dependencies["documents"], "get" | "list">,
  healer: Healer,
  nowMs: number,
): Promise<Seen> {
  const open = await readOpenBatches(documents, healer, nowMs);
  const read = await Promise.all(open.documents.map((document) => readOpen(documents, healer, document, nowMs)));
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
