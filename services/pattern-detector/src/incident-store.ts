/** Where the detector keeps its records: what is not well is listed with every event, what is well again is only looked up by its key. */

import { incidentId, incidentsCollection } from "@kintsugi/function-kit/incidents";
import type { JsonObject } from "@kintsugi/ports/json";
import { type IncidentRecord, isFirstVersion, isLive, readRecord } from "./incident-record.ts";
import { REMEMBERED_MS } from "./open-incident.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** What has been well since, kept for as long as its openings are remembered. */
const historyCollection = "kintsugi_incident_history";

export type IncidentStore = {
  /** All that is not well, by key. */
  live(): ReadonlyMap<string, IncidentRecord>;
  get(key: string): Promise<IncidentRecord | undefined>;
  put(record: IncidentRecord): void;
  /** Forgets what has been well for longer than its openings are remembered; holes stay until they are closed. */
  forget(nowMs: number): Promise<void>;
};

export async function openIncidentStore(work: UnitOfWork): Promise<IncidentStore> {
  const live = new Map<string, IncidentRecord>();
  /** Keys whose record lies in the history. */
  const resting = new Set<string>();
  for (const data of (await work.list(incidentsCollection)).values()) {
    const record = readRecord(data);
    if (isFirstVersion(data)) put(record);
    else live.set(record.key, record);
  }

  function put(record: IncidentRecord): void {
    const id = incidentId(record.key);
    const data = record as unknown as JsonObject;
    const isResting = !isLive(record) && isWorthKeeping(record);
    if (isLive(record)) {
      live.set(record.key, record);
      work.write(incidentsCollection, id, data);
    } else {
      live.delete(record.key);
      work.remove(incidentsCollection, id);
    }
    if (isResting) work.write(historyCollection, id, data);
    else if (resting.has(record.key)) work.remove(historyCollection, id);
  }

  return {
    live: () => live,
    async get(key) {
      const known = live.get(key);
      if (known !== undefined) return known;
      const data = await work.read(historyCollection, incidentId(key));
      if (data === undefined) return undefined;
      resting.add(key);
      return readRecord(data);
    },
    put,
    async forget(nowMs) {
      for (const [id, data] of await work.list(historyCollection)) {
        const record = readRecord(data);
        const isHole = record.days.some(({ state }) => state === "given_up");
        const isQuiet = (record.silence?.untilMs ?? 0) > nowMs;
        if (!isHole && !isQuiet && nowMs - record.lastMs >= REMEMBERED_MS) work.remove(historyCollection, id);
      }
    },
  };
}

function isWorthKeeping({ incident, days, silence }: IncidentRecord): boolean {
  return incident !== undefined || days.length > 0 || silence !== undefined;
}
