/** What is open, what is pending, and when each function was last heard. */

import type { BadDay } from "@kintsugi/events/alerts";
import { Severity } from "@kintsugi/events/fields";
import { deadLetters } from "@kintsugi/function-kit/dead-letter";
import { openIncidents } from "@kintsugi/function-kit/incidents";
import { modeAt, modeId, normalSince, operatorCollection, readMode } from "@kintsugi/function-kit/mode";
import { isSilent, readWatches, watchCollection, watchId } from "@kintsugi/function-kit/watch";
import type { Hole } from "@kintsugi/ledger/analyze";
import { readHoles } from "./holes.ts";
import { type CanaryWarning, lastWarnings } from "./last-warnings.ts";
import type { Local } from "./open-local.ts";
import { type PauseStatus, readPauses } from "./pauses.ts";
import { schedulesOf } from "./schedule.ts";

export type FunctionStatus = {
  readonly name: string;
  readonly last_run: string | null;
  readonly last_success: string | null;
  /** Of the last run; null when there was none. */
  readonly verdict: string | null;
  /** Only of one that has ever been scheduled: without a host nobody waits for anybody. */
  readonly silent: boolean;
};

export type IncidentStatus = {
  readonly key: string;
  readonly severity: string;
  readonly state: string;
  readonly opened: string;
  readonly count: number;
  /** The open incident that explains this one. */
  readonly root: string | null;
  readonly title: string;
  readonly acknowledged_by: string | null;
  readonly silenced_by: string | null;
  readonly silenced_until: string | null;
  /** What who acknowledged or silenced it gave as the reason. */
  readonly said: string | null;
  /** Bad, and not judged good since. */
  readonly days: readonly BadDay[];
  readonly flapping: boolean;
};

export type ModeStatus = {
  readonly mode: string;
  readonly until: string | null;
  readonly reason: string | null;
  readonly actor: string | null;
};

export type Status = {
  readonly functions: readonly FunctionStatus[];
  /** The open ones, the worst first. */
  readonly incidents: readonly IncidentStatus[];
  /** Days that were given up and not closed. */
  readonly holes: readonly Hole[];
  readonly mode: ModeStatus;
  readonly pauses: readonly PauseStatus[];
  /** Of the last look at all data; null when the ledger cannot be read. */
  readonly warnings: readonly CanaryWarning[] | null;
  readonly dead_letters: number;
  /** Accepted and not yet handled, by function. */
  readonly pending: Readonly<Record<string, number>>;
};

export async function readStatus(local: Local): Promise<Status> {
  const nowMs = local.dependencies.clock.now();
  return {
    functions: await functionStatus(local, nowMs),
    incidents: await incidentStatus(local, nowMs),
    holes: await readHoles(local.documents),
    mode: await modeStatus(local, nowMs),
    pauses: await readPauses(local.documents, local.config.healers, nowMs),
    warnings: await lastWarnings(local, nowMs),
    dead_letters: count(local, deadLetters),
    pending: local.bus.pendingBySubscription(),
  };
}

/** The answer is no: somebody is silent, or something critical is open. */
export function isUnwell({ functions, incidents }: Pick<Status, "functions" | "incidents">): boolean {
  return functions.some(({ silent }) => silent) || incidents.some(({ severity }) => severity === "critical");
}

async function functionStatus({ config, declarations, documents, bus }: Local, nowMs: number): Promise<readonly FunctionStatus[]> {
  const watches = readWatches((await documents.get(watchCollection, watchId))?.data);
  const awakeMs = normalSince(await documents.get(operatorCollection, modeId), nowMs);
  return schedulesOf(declarations, config).map(({ name, periodMs }) => {
    const scheduledMs = bus.lastDue(name);
    const watch = watches.get(name);
    const isWatched = scheduledMs !== undefined && awakeMs !== undefined;
    return {
      name,
      last_run: instant(watch?.lastMs),
      last_success: instant(watch?.lastOkMs),
      verdict: watch?.verdict ?? null,
      silent: isWatched && isSilent(watch ?? { sinceMs: scheduledMs }, periodMs, nowMs, awakeMs),
    };
  });
}

async function incidentStatus({ documents }: Local, nowMs: number): Promise<readonly IncidentStatus[]> {
  const rank = ({ severity }: { readonly severity: Severity }): number => Severity.options.indexOf(severity);
  const open = [...(await openIncidents(documents))].sort((a, b) => rank(b) - rank(a) || a.key.localeCompare(b.key));
  return open.map(({ silenced_by, silenced_until, ...incident }) => {
    const isSilenced = silenced_by !== undefined && (silenced_until === undefined || Date.parse(silenced_until) > nowMs);
    return {
      key: incident.key,
      severity: incident.severity,
      state: incident.state,
      opened: incident.opened,
      count: incident.count,
      root: incident.root ?? null,
      title: incident.title,
      acknowledged_by: incident.acknowledged_by ?? null,
      silenced_by: isSilenced ? silenced_by : null,
      silenced_until: isSilenced ? (silenced_until ?? null) : null,
      said: incident.said ?? null,
      days: incident.days,
      flapping: incident.flapping,
    };
  });
}

async function modeStatus({ documents }: Local, nowMs: number): Promise<ModeStatus> {
  const document = await documents.get(operatorCollection, modeId);
  const mode = modeAt(document, nowMs);
  const stored = readMode(document);
  if (stored === undefined || stored.mode !== mode) return { mode, until: null, reason: null, actor: null };
  return { mode, until: stored.until ?? null, reason: stored.reason, actor: stored.actor };
}

/** Dead letters hold raw bytes: they are counted where they lie. */
function count({ database }: Local, collection: string): number {
  return (database.prepare("SELECT count(*) AS count FROM documents WHERE collection = ?").get(collection) as { count: number }).count;
}

function instant(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
