/** The operating mode: off-season and maintenance turn runs into `not_applicable`. Written on `mode.set`, read by every run. */

import { Mode } from "@kintsugi/events/operator";
import { z } from "zod";
import type { Document } from "@kintsugi/ports/documents";

export const operatorCollection = "kintsugi_operator";
export const modeId = "mode";

const StoredMode = z.object({ mode: Mode, until: z.iso.datetime({ offset: true }).optional() });

/** The mode in force; `until` ends one by itself. */
export function modeAt(document: Document | undefined, nowMs: number): Mode {
  if (document === undefined) return "normal";
  const { mode, until } = StoredMode.parse(document.data);
  return until !== undefined && nowMs >= Date.parse(until) ? "normal" : mode;
}
