/** What is open, what is pending, and when each function was last heard. */

import { endOfMode, watchCollection } from "@kintsugi/pattern-detector/watch";
import { incidentsCollection } from "@kintsugi/pattern-detector/book";
import { isSilent } from "@kintsugi/pattern-detector/silence";
import { deadLetters } from "@kintsugi/function-kit/dead-letter";
import { modeId, operatorCollection } from "@kintsugi/function-kit/mode";
import type { Json, JsonObject } from "@kintsugi/ports/json";
import type { Local } from "./open-local.ts";
import { schedulesOf } from "./schedule.ts";

export type FunctionStatus = {
  readonly name: string;
  readonly last_run: string | null;
  readonly last_success: string | null;
  /** Of the last run; null when there was none. */
  readonly verdict: string | null;
  readonly silent: boolean;
};

export type IncidentStatus = {
  readonly key: string;
  readonly severity: string;
  readonly state: string;
  readonly opened: string;
  readonly count: number;
  /** The open incident upstream that explains this one. */
  readonly root: string | null;
  readonly title: string;
};

export type Status = {
  readonly functions: readonly FunctionStatus[];
  /** The open ones, the worst first. */
  readonly incidents: readonly IncidentStatus[];
  readonly dead_letters: number;
  /** Accepted and not yet handled, by function. */
  readonly pending: Readonly<Record<string, number>>;
};

/** Written by the host when it starts; silence counts from there. */
export const hostStartId = "_host";
const SEVERITIES: readonly Json[] = ["critical", "red", "yellow", "info"];

export async function readStatus(local: Local): Promise<Status> {
  return {
    functions: await functionStatus(local),
    incidents: await openIncidents(local),
    dead_letters: count(local, deadLetters),
    pending: local.bus.pendingBySubscription(),
  };
}

/** The answer is no: somebody is silent, or something critical is open. */
export function isUnwell({ functions, incidents }: Status): boolean {
  return functions.some(({ silent }) => silent) || incidents.some(({ severity }) => severity === "critical");
}

async function functionStatus({ config, declarations, documents, dependencies }: Local): Promise<readonly FunctionStatus[]> {
  const nowMs = dependencies.clock.now();
  const watch = new Map((await documents.list(watchCollection)).map(({ id, data }) => [id, data]));
  const modeEndMs = endOfMode((await documents.get(operatorCollection, modeId))?.data, nowMs);
  const startMs = Math.max(
    Number(watch.get("_start")?.["startedMs"] ?? 0),
    Date.parse(String(watch.get(hostStartId)?.["started"] ?? "")) || 0,
  );
  return schedulesOf(declarations, config).map(({ name, periodMs }) => {
    const run = watch.get(name);
    const sinceMs = Math.max(startMs, Number(run?.["lastMs"] ?? 0), modeEndMs ?? 0);
    return {
      name,
      last_run: instant(run?.["lastMs"]),
      last_success: instant(run?.["lastOkMs"]),
      verdict: run === undefined ? null : String(run["verdict"]),
      silent: modeEndMs !== undefined && isSilent(sinceMs, periodMs, nowMs),
    };
  });
}

async function openIncidents({ documents }: Local): Promise<readonly IncidentStatus[]> {
  const open = (await documents.list(incidentsCollection))
    .filter(({ data }) => data["state"] === "open")
    .map(({ data }) => incidentOf(data));
  return open.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || a.key.localeCompare(b.key));
}

function incidentOf(data: JsonObject): IncidentStatus {
  return {
    key: String(data["key"]),
    severity: String(data["severity"]),
    state: String(data["state"]),
    opened: String(data["opened"]),
    count: Number(data["count"]),
    root: data["root"] === undefined || data["root"] === null ? null : String(data["root"]),
    title: String(data["title"] ?? ""),
  };
}

/** Dead letters hold raw bytes: they are counted where they lie. */
function count({ database }: Local, collection: string): number {
  return (database.prepare("SELECT count(*) AS count FROM documents WHERE collection = ?").get(collection) as { count: number }).count;
}

function instant(ms: Json | undefined): string | null {
  return ms === undefined || ms === null ? null : new Date(Number(ms)).toISOString();
}
