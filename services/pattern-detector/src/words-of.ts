/** What an incident takes over of the words of its producer. Pure. */

import type { IncidentChanged } from "@kintsugi/events/alerts";
import { Severity } from "@kintsugi/events/fields";
import type { Trouble } from "@kintsugi/events/observation";

type Words = Pick<IncidentChanged, "severity" | "title" | "facts" | "next" | "runbook" | "channel" | "cause">;

/** Of several troubles of one subject the worst speaks for all, and of equals that of the newest day. */
export function primaryOf(troubles: readonly Trouble[]): Trouble {
  const [first] = [...troubles].sort(
    (a, b) => Severity.options.indexOf(b.severity) - Severity.options.indexOf(a.severity) || (b.day ?? "").localeCompare(a.day ?? ""),
  );
  return first!;
}

/** @param severity of the worst of them */
export function wordsOf({ title, facts, next, runbook, channel, cause }: Trouble, severity: Severity): Words {
  return {
    severity,
    title,
    facts: [...facts],
    next: [...next],
    channel,
    ...(runbook === undefined ? {} : { runbook }),
    ...(cause === undefined ? {} : { cause }),
  };
}
