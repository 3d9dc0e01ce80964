/** The life of an incident: what a look at its subject makes of it. Pure and total over every state and verdict. */

import type { IncidentChange, Remark } from "@kintsugi/events/alerts";
import { Severity, worst } from "@kintsugi/events/fields";
import { nameSome } from "@kintsugi/events/name-some";
import type { Trouble } from "@kintsugi/events/observation";
import { span } from "@kintsugi/events/span";
import type { DayRecord } from "@kintsugi/function-kit/incidents";
import { daysAfter, givenUp } from "./bad-days.ts";
import { type IncidentRecord, isOpen, type OpenRecord } from "./incident-record.ts";
import type { Look } from "./look.ts";
import { openIncident } from "./open-incident.ts";
import { primaryOf, wordsOf } from "./words-of.ts";

export type Policy = {
  /** Consecutive bad looks before it opens; infinite where it may not open now. */
  readonly openAfter: number;
  readonly closeAfter: number;
  readonly reopenMs: number;
};

export type Change = { readonly change: IncidentChange; readonly remark?: Remark };

/** `changes` are what people may want to hear of; a look that says nothing new has none. */
export type Evolved = { readonly record: IncidentRecord; readonly changes: readonly Change[] };

/** One that opens and resolves again and again resolves only after it has been good for so long. */
export const FLAPPING_GOOD_MS = 4 * 3_600_000;

/**
 * @param lookedMs when the look was made, epoch ms. One that is older than the last changes nothing, unless it is about days: these are judged
 * apart from each other, and whoever calls keeps the looks at one day in order
 */
export function evolveIncident(record: IncidentRecord, look: Look, policy: Policy, lookedMs: number): Evolved {
  if (lookedMs < record.lastMs && !isAboutDays(look)) return { record, changes: [] };
  const lookMs = Math.max(lookedMs, record.lastMs);
  const { days, isSettled } = daysAfter(record.days, look, lookMs);
  const looked = { ...record, lastMs: lookMs, days: [...days] };
  const troubles = look.troubles.filter(({ day }) => day === undefined || !isSettled(day));
  if (troubles.length > 0) return bad({ before: record, looked, lookMs }, troubles, policy);
  // A bad day that this look did not judge is still bad, and it keeps the incident open.
  if (days.some(({ state }) => state === "bad")) return { record: looked, changes: [] };
  const isGood = look.good.length > 0 || look.troubles.length > 0;
  return isGood ? good(looked, policy, lookMs) : { record: looked, changes: [] };
}

function isAboutDays({ troubles, good }: Look): boolean {
  return troubles.every(({ day }) => day !== undefined) && good.every((day) => day !== undefined);
}

type Looked = { readonly before: IncidentRecord; readonly looked: IncidentRecord; readonly lookMs: number };

function bad({ before, looked, lookMs }: Looked, troubles: readonly Trouble[], policy: Policy): Evolved {
  const { goodSinceMs: _good, ...rest } = looked;
  const record: IncidentRecord = { ...rest, bad: looked.bad + 1, good: 0 };
  if (isOpen(record)) return seeAgain(before, record, troubles, lookMs);
  return record.bad >= policy.openAfter ? openIncident(record, troubles, policy.reopenMs, lookMs) : { record, changes: [] };
}

/** It is still bad: what is new of it is told aloud, what is not changes the message at most. */
function seeAgain(before: IncidentRecord, record: OpenRecord, troubles: readonly Trouble[], lookMs: number): Evolved {
  const primary = primaryOf(troubles);
  const { incident } = record;
  const severity = worst(
    Severity,
    troubles.map((trouble) => trouble.severity),
  );
  const isWorse = worst(Severity, [severity, record.peak]) !== record.peak;
  const newDays = record.days.filter((day) => day.state === "bad" && !before.days.some((known) => known.day === day.day));
  const newTargets = (primary.targets ?? []).filter((target) => !record.targets.includes(target));
  const { heldSinceMs, ...rest } = record;
  const isHeld = heldSinceMs !== undefined && lookMs <= heldSinceMs;
  const changes: Change[] = [
    ...(isWorse ? [worse(severity, record.peak)] : []),
    ...(newDays.length > 0 ? [spread(newDays)] : []),
    ...(newTargets.length > 0 ? [{ change: "spread", remark: { text: `also ${nameSome(newTargets, 5)}`, aloud: true } } as const] : []),
  ];
  return {
    record: {
      ...rest,
      ...(isHeld ? { heldSinceMs } : {}),
      peak: isWorse ? severity : record.peak,
      targets: primary.targets ?? [],
      incident: {
        ...incident,
        ...wordsOf(primary, severity),
        last_seen: new Date(lookMs).toISOString(),
        count: primary.count ?? incident.count + 1,
      },
    },
    changes: changes.length > 0 ? changes : [{ change: "updated" }],
  };
}

function worse(severity: Severity, before: Severity): Change {
  return { change: "worse", remark: { text: `worse: ${severity} now, was ${before}`, aloud: true } };
}

function spread(days: readonly DayRecord[]): Change {
  return { change: "spread", remark: { text: days.map(({ day, what }) => `${day} too: ${what}`).join("\n"), aloud: true } };
}

function good(looked: IncidentRecord, policy: Policy, lookMs: number): Evolved {
  const record: IncidentRecord = { ...looked, bad: 0, good: looked.good + 1 };
  if (!isOpen(record)) return { record, changes: [] };
  if (record.good < policy.closeAfter) return { record, changes: [] };
  if (!record.incident.flapping) return resolveIncident(record, lookMs, "resolved");
  const goodSinceMs = record.goodSinceMs ?? lookMs;
  if (lookMs - goodSinceMs >= FLAPPING_GOOD_MS) return resolveIncident(record, lookMs, "resolved");
  return { record: { ...record, goodSinceMs }, changes: [] };
}

/** @param remark where more is to be said than that it is over */
export function resolveIncident(
  record: OpenRecord,
  atMs: number,
  change: Extract<IncidentChange, "resolved" | "closed" | "given_up">,
  remark?: string,
): Evolved {
  const { goodSinceMs: _good, heldSinceMs: _held, silence, ...rest } = record;
  const { root: _root, ...incident } = record.incident;
  const text = remark ?? `resolved after ${span(atMs - Date.parse(incident.opened))}`;
  return {
    record: {
      ...rest,
      // A silence with an end of its own outlives the incident: it was said of the key.
      ...(silence?.untilMs === undefined ? {} : { silence }),
      bad: 0,
      days: record.days.filter(({ state }) => state !== "bad"),
      incident: { ...incident, state: "resolved", resolved: new Date(atMs).toISOString(), explains: [] },
    },
    changes: [{ change, remark: { text, aloud: false } }],
  };
}

/** Days that were bad for too long are given up: nobody looks at them any more, and they stand as holes. */
export function giveUpDays(record: IncidentRecord, openDaysMs: number, nowMs: number): Evolved {
  const { days, left } = givenUp(record.days, openDaysMs, nowMs);
  if (left.length === 0) return { record, changes: [] };
  const text = left.map(({ day, what }) => `given up: ${day}, ${what}`).join("\n");
  const after = { ...record, days: [...days] };
  if (!isOpen(after)) return { record: { ...after, bad: 0 }, changes: [] };
  if (!days.some(({ state }) => state === "bad")) return resolveIncident(after, nowMs, "given_up", text);
  return { record: after, changes: [{ change: "given_up", remark: { text, aloud: false } }] };
}

/** One that flaps and had no look since it has been good for long enough. */
export function endFlapping(record: OpenRecord, nowMs: number): Evolved {
  const { goodSinceMs } = record;
  if (goodSinceMs === undefined || nowMs - goodSinceMs < FLAPPING_GOOD_MS) return { record, changes: [] };
  return resolveIncident(record, nowMs, "resolved");
}
