/** A commit between the looks of one run, whose answer may be lost. */

import type { Change, Documents } from "@kintsugi/ports/documents";
import { Conflict } from "@kintsugi/ports/failure";
import { SEEN_MS, seenCollection } from "./seen.ts";

/** Leaves a mark with the change, and looks for it when the store reports a failure: what worked all the same is no failure. */
export async function commitIdempotently(documents: Documents, change: Change, nowMs: number): Promise<void> {
  const data = { at: nowMs };
  const mark = { op: "set", collection: seenCollection, id: change.outbox, data, expiresMs: nowMs + SEEN_MS } as const;
  try {
    await documents.commit({ ...change, writes: [...change.writes, mark] });
  } catch (error) {
    if (error instanceof Conflict || (await documents.get(seenCollection, change.outbox)) === undefined) throw error;
  }
}
