/** Who was heard of, and who was not: written by the pattern-detector, read by `status`. One rule for first start and restart, everywhere. */

import type { Document } from "@kintsugi/ports/documents";
import { z } from "zod";

/** One document for each function that runs by a schedule. */
export const watchCollection = "kintsugi_watch";

const StoredWatch = z.object({
  /** When watching it began; a restart does not begin it anew. */
  sinceMs: z.number(),
  lastMs: z.number().optional(),
  lastOkMs: z.number().optional(),
  verdict: z.string().optional(),
  reason: z.string().nullable().optional(),
});
export type Watch = z.infer<typeof StoredWatch>;

/** Version 0.1.0 kept no `sinceMs`: the last run stands for it. */
export function readWatch({ data }: Pick<Document, "data">): Watch {
  return StoredWatch.parse({ sinceMs: data["lastMs"] ?? 0, ...data });
}

/**
 * Two due times have passed since the later of first start and last run: a run at this very instant may still be on its way.
 * @param awakeMs when the watcher itself began to look, or looked again after a pause: a host that was off says nothing of the others
 */
export function isSilent(
  { sinceMs, lastMs = 0 }: Pick<Watch, "sinceMs" | "lastMs">,
  periodMs: number,
  nowMs: number,
  awakeMs = 0,
): boolean {
  const fromMs = Math.max(sinceMs, lastMs, awakeMs);
  const secondDue = (Math.floor(fromMs / periodMs) + 2) * periodMs;
  return nowMs > secondDue;
}
