/** Who was heard of, and who was not: written by the pattern-detector, read by `status`. One rule for first start and restart, everywhere. */

import type { JsonObject } from "@kintsugi/ports/json";
import { z } from "zod";

/** One document for all functions. */
export const watchCollection = "kintsugi_watch";
export const watchId = "functions";

const Watch = z.object({
  /** When watching it began; a restart does not begin it anew. */
  sinceMs: z.number(),
  lastMs: z.number().optional(),
  lastOkMs: z.number().optional(),
  verdict: z.string().optional(),
  reason: z.string().nullable().optional(),
  /** Of the watcher itself: since when it looks without a pause. */
  awakeMs: z.number().optional(),
});
export type Watch = z.infer<typeof Watch>;

const Watches = z.object({ functions: z.record(z.string(), Watch) });

/** @param data of the document, if there is one */
export function readWatches(data: JsonObject | undefined): ReadonlyMap<string, Watch> {
  return data === undefined ? new Map() : new Map(Object.entries(Watches.parse(data).functions));
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
