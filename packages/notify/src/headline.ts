/** The first line of a message about an incident: how bad, what, for which days, since when. Pure. */

import type { IncidentChanged } from "@kintsugi/events/alerts";
import { nameSome } from "@kintsugi/events/name-some";
import { span } from "@kintsugi/events/span";
import { localPeriod, localTime } from "./local-time.ts";
import { oneLine } from "./one-line.ts";

const MAX_DAYS = 3;

export function headlineOf(incident: IncidentChanged, timezone: string): string {
  const { state, severity, title, days, opened } = incident;
  if (state === "resolved") return `${endingOf(incident)} · ${localPeriod(opened, endOf(incident), timezone)}`;
  const what = `${severity}: ${oneLine(title)}${days.length === 0 ? "" : ` for ${dayNames(days)}`}`;
  return [what, `since ${localTime(opened, timezone)}`, ...historyOf(incident)].join(" · ");
}

/** Days that were given up are not mended, also those of an earlier incident: nobody may take this for good news alone. */
function endingOf({ title, holes, change }: IncidentChanged): string {
  if (holes.length === 0) return `resolved: ${oneLine(title)}`;
  const which = `for ${dayNames(holes)}`;
  return change === "given_up"
    ? `given up, not mended: ${oneLine(title)} ${which}`
    : `resolved, but not mended ${which}: ${oneLine(title)}`;
}

export function endOf({ resolved, last_seen: lastSeen }: Pick<IncidentChanged, "resolved" | "last_seen">): string {
  return resolved ?? lastSeen;
}

/** `2026-11-23 and 2026-11-24` */
export function dayNames(days: readonly { readonly day: string }[]): string {
  const names = days.map(({ day }) => day).sort();
  return names.length === 2 ? names.join(" and ") : nameSome(names, MAX_DAYS);
}

function historyOf({ again, flapping, opened }: IncidentChanged): readonly string[] {
  const ago = again === undefined ? "" : span(Math.max(0, Date.parse(opened) - Date.parse(again.resolved)));
  return [
    ...(again === undefined ? [] : [`again: ${ordinal(again.times)} time in 7 days, last resolved ${ago} ago`]),
    ...(flapping ? ["flapping: it opens and resolves again and again"] : []),
  ];
}

/** `2nd`, `3rd`, `4th`, `11th`, `21st` */
export function ordinal(count: number): string {
  const suffixes: Readonly<Record<Intl.LDMLPluralRule, string>> = { one: "st", two: "nd", few: "rd", many: "th", other: "th", zero: "th" };
  return `${count}${suffixes[new Intl.PluralRules("en", { type: "ordinal" }).select(count)]}`;
}
