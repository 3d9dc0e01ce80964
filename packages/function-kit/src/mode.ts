/** The operating mode: off-season and maintenance turn runs and decisions into `not_applicable`. Written on `mode.set`, read by every run. */

import { Mode } from "@kintsugi/events/operator";
import type { Document } from "@kintsugi/ports/documents";
import { z } from "zod";

export const operatorCollection = "kintsugi_operator";
export const modeId = "mode";

const StoredMode = z.object({
  mode: Mode,
  at: z.iso.datetime({ offset: true }),
  until: z.iso.datetime({ offset: true }).optional(),
  reason: z.string().default(""),
  actor: z.string().default("unknown"),
});
export type StoredMode = z.infer<typeof StoredMode>;

export function readMode(document: Pick<Document, "data"> | undefined): StoredMode | undefined {
  return document === undefined ? undefined : StoredMode.parse(document.data);
}

/** The mode in force; `until` ends one by itself. */
export function modeAt(document: Pick<Document, "data"> | undefined, nowMs: number): Mode {
  const stored = readMode(document);
  if (stored === undefined) return "normal";
  return stored.until !== undefined && nowMs >= Date.parse(stored.until) ? "normal" : stored.mode;
}

/** When normal work began again, epoch ms; undefined while a mode holds, since nobody counts as silent then. */
export function normalSince(document: Pick<Document, "data"> | undefined, nowMs: number): number | undefined {
  const stored = readMode(document);
  if (stored === undefined) return 0;
  if (stored.mode === "normal") return Date.parse(stored.at);
  return stored.until === undefined || Date.parse(stored.until) > nowMs ? undefined : Date.parse(stored.until);
}
