/** Where the detector keeps its records: one document per subject, and one small index of all that is not well. */

import { incidentPolicy } from "@kintsugi/config/incident-policy";
import type { Config } from "@kintsugi/config/model";
import { incidentId, incidentsCollection, indexCollection, indexId } from "@kintsugi/function-kit/incidents";
import { z } from "zod";
import { dueOf } from "./due.ts";
import { type IncidentRecord, isLive, readRecord } from "./incident-record.ts";
import { Standing, standingOf, wordless } from "./standing.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** What is well again is remembered for so long; holes stay until a person closes them. */
const KEPT_MS = 30 * 24 * 3_600_000;
/** Version 0.1.0 kept here what was well again. */
const formerHistory = "kintsugi_incident_history";

const Index = z.object({ standings: z.array(Standing) });

export type IncidentStore = {
  /** All that is not well, by key, without words: enough to place others by, never to be stored. Reads the index, once. */
  standings(): Promise<ReadonlyMap<string, IncidentRecord>>;
  /** Keys of what time alone may have changed by now. */
  due(nowMs: number): Promise<readonly string[]>;
  /** Reads at once what will be asked for one by one. */
  preload(keys: readonly string[]): Promise<void>;
  get(key: string): Promise<IncidentRecord | undefined>;
  put(record: IncidentRecord): Promise<void>;
  /** Whether others would place it as before, so that the index can stay unread. */
  isPlacedAlike(before: IncidentRecord | undefined, after: IncidentRecord): boolean;
};

type Standings = Map<string, { readonly standing: Standing; readonly record: IncidentRecord }>;

export function openIncidentStore(work: UnitOfWork, config: Config): IncidentStore {
  let index: Promise<Standings> | undefined;
  const placed = (record: IncidentRecord): Standing | undefined =>
    standingOf(record, dueOf(record, incidentPolicy(config, record.subject)));
  const get = async (key: string): Promise<IncidentRecord | undefined> => {
    const data = await work.read(incidentsCollection, incidentId(key));
    return data === undefined ? undefined : readRecord(data);
  };

  async function readIndex(): Promise<Standings> {
    const data = await work.read(indexCollection, indexId);
    if (data !== undefined) return byKey(Index.parse(data).standings);
    const former = await takeOver();
    saveIndex(former);
    return former;
  }

  /** There was no index before: all records are read once. */
  async function takeOver(): Promise<Standings> {
    const stored = [...(await work.list(incidentsCollection)), ...(await work.list(formerHistory))];
    const records = new Map(stored.toReversed().map(({ data }) => [String(data["key"]), readRecord(data)]));
    await work.preload(incidentsCollection, [...records.keys()].map(incidentId));
    for (const { id } of stored) work.remove(formerHistory, id);
    for (const record of records.values()) store(record);
    return byKey([...records.values()].flatMap((record) => placed(record) ?? []));
  }

  function store(record: IncidentRecord): void {
    const id = incidentId(record.key);
    if (!isLive(record) && !isWorthKeeping(record)) work.remove(incidentsCollection, id);
    else work.write(incidentsCollection, id, record, expiryOf(record));
  }

  function saveIndex(standings: Standings): void {
    const sorted = [...standings.values()].map(({ standing }) => standing).sort((a, b) => a.key.localeCompare(b.key));
    work.write(indexCollection, indexId, { standings: sorted });
  }

  return {
    async standings() {
      index ??= readIndex();
      return new Map([...(await index)].map(([key, { record }]) => [key, record]));
    },
    async due(nowMs) {
      index ??= readIndex();
      return [...(await index).values()]
        .filter(({ standing }) => (standing.dueMs ?? Infinity) <= nowMs)
        .map(({ standing }) => standing.key);
    },
    preload: (keys) => work.preload(incidentsCollection, keys.map(incidentId)),
    get,
    isPlacedAlike: (before, after) => textOf(before === undefined ? undefined : placed(before)) === textOf(placed(after)),
    async put(record) {
      const before = await get(record.key);
      store(record);
      const standing = placed(record);
      if (textOf(before === undefined ? undefined : placed(before)) === textOf(standing)) return;
      index ??= readIndex();
      const standings = await index;
      if (standing === undefined) standings.delete(record.key);
      else standings.set(record.key, { standing, record: wordless(standing) });
      saveIndex(standings);
    },
  };
}

function byKey(standings: readonly Standing[]): Standings {
  return new Map(standings.map((standing) => [standing.key, { standing, record: wordless(standing) }]));
}

function textOf(standing: Standing | undefined): string {
  return JSON.stringify(standing ?? null);
}

function isWorthKeeping({ incident, days, silence }: IncidentRecord): boolean {
  return incident !== undefined || days.length > 0 || silence !== undefined;
}

/** Epoch ms; undefined for what is not well, and for a hole. */
function expiryOf(record: IncidentRecord): number | undefined {
  if (isLive(record) || record.days.some(({ state }) => state === "given_up")) return undefined;
  return Math.max(record.lastMs + KEPT_MS, record.silence?.untilMs ?? 0);
}
