/** From the form of an incident policy to what it means: what it leaves out is that of the file, or the default. */

import type { IncidentsForm } from "./form.ts";
import type { IncidentPolicy } from "./model.ts";
import { durationMs } from "./units.ts";

const DAY_MS = 86_400_000;

export function policyOf(form: IncidentsForm | undefined, base: IncidentPolicy): IncidentPolicy {
  return {
    openAfter: form?.open_after ?? base.openAfter,
    closeAfter: form?.close_after ?? base.closeAfter,
    unknownAfter: form?.unknown_after ?? base.unknownAfter,
    remindMs: form?.remind === undefined ? base.remindMs : durationMs(form.remind),
    reopenMs: form?.reopen === undefined ? base.reopenMs : durationMs(form.reopen),
    openDaysMs: form?.open_days === undefined ? base.openDaysMs : form.open_days * DAY_MS,
  };
}
