/** The life of an incident: opens, is seen again, resolves, opens again within a day as the same one. Pure. */

import type { ChannelKind, IncidentChanged } from "@kintsugi/events/alerts";
import type { Severity } from "@kintsugi/events/fields";

export type Incident = IncidentChanged & {
  /** Whether people have been told of it since it opened first. */
  readonly told: boolean;
  readonly lastReminderMs: number;
  /** Reminders come again from here; without it an acknowledgement ends them. */
  readonly silencedUntilMs?: number;
};

/** What is wrong, in words for people. */
export type Finding = {
  readonly key: string;
  readonly severity: Severity;
  readonly title: string;
  readonly facts: readonly string[];
  readonly next: readonly string[];
  readonly runbook?: string;
  readonly channel: ChannelKind;
  /** Replaces the count of bad runs. */
  readonly count?: number;
};

/** One that opens again so soon is the same incident. */
export const REOPEN_MS = 24 * 3_600_000;

export function openIncident(finding: Finding, before: Incident | undefined, atMs: number): Incident {
  const at = new Date(atMs).toISOString();
  const isSame = before !== undefined && before.state === "resolved" && atMs - Date.parse(before.resolved ?? before.last_seen) < REOPEN_MS;
  const { count, ...words } = finding;
  return {
    ...words,
    facts: [...finding.facts].slice(0, 4),
    next: [...finding.next],
    state: "open",
    revision: isSame ? before.revision : 0,
    post: true,
    opened: isSame ? before.opened : at,
    last_seen: at,
    count: count ?? (isSame ? before.count + 1 : 1),
    explains: [],
    change: isSame ? "reopened" : "opened",
    told: isSame ? before.told : false,
    lastReminderMs: atMs,
  };
}

export function seeAgain(incident: Incident, finding: Finding, atMs: number): Incident {
  const { count, ...words } = finding;
  return {
    ...incident,
    ...words,
    facts: [...finding.facts].slice(0, 4),
    next: [...finding.next],
    last_seen: new Date(atMs).toISOString(),
    count: count ?? incident.count + 1,
    change: "updated",
  };
}

export function resolveIncident({ root: _root, thread: _thread, ...incident }: Incident, atMs: number): Incident {
  return { ...incident, state: "resolved", resolved: new Date(atMs).toISOString(), explains: [], change: "resolved" };
}

/** What the notifier and the ledger get. */
export function snapshot({ told: _told, lastReminderMs: _last, silencedUntilMs: _until, ...incident }: Incident): IncidentChanged {
  return incident;
}

/** Whether a change is worth telling: counts and times move with every run and are not. */
export function isMaterial(before: Incident | undefined, after: Incident): boolean {
  return before === undefined || after.thread !== undefined || essence(before) !== essence(after);
}

function essence({ state, severity, title, facts, next, post, opened, root, explains, acknowledged_by }: Incident): string {
  return JSON.stringify([state, severity, title, facts, next, post, opened, root ?? null, explains, acknowledged_by ?? null]);
}
