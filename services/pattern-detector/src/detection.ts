/** One batch of events or one tick at work: loads what a look touches, lets the pure parts decide, and keeps what is to be stored and told. */

import { incidentPolicy } from "@kintsugi/config/incident-policy";
import type { Config } from "@kintsugi/config/model";
import type { IncidentChanged } from "@kintsugi/events/alerts";
import type { Observation } from "@kintsugi/events/observation";
import { isInScope, type Scope, type Subject, subjectKey } from "@kintsugi/events/subject";
import type { Dependencies, NewEvent } from "@kintsugi/function-kit/declaration";
import { modeId, normalSince, operatorCollection } from "@kintsugi/function-kit/mode";
import { announcements } from "./announcements.ts";
import { type Change, type Evolved, evolveIncident } from "./evolve-incident.ts";
import type { Graph } from "./graph.ts";
import { type IncidentRecord, isOpen, newRecord } from "./incident-record.ts";
import { type IncidentStore, openIncidentStore } from "./incident-store.ts";
import { type Look, looksOf } from "./look.ts";
import { settle } from "./settle.ts";
import { type UnitOfWork, unitOfWork } from "./unit-of-work.ts";
import { openWindows, type Windows } from "./windows.ts";

export type Detection = {
  readonly config: Config;
  readonly work: UnitOfWork;
  readonly incidents: IncidentStore;
  readonly windows: Windows;
  readonly nowMs: number;
  /** When normal work began again, epoch ms; undefined in a mode such as off-season, in which nothing is opened or told. */
  readonly normalSinceMs: number | undefined;
  /** All that one event says, applied together. @param complete whatever else is open in these groups is over */
  observe(said: Said): Promise<void>;
  /** A change that comes from no look: an operator's word, a reminder, a day that is given up. */
  change(run: (record: IncidentRecord) => Evolved, keys: readonly string[]): Promise<void>;
  announced(): readonly NewEvent[];
};

export type Said = {
  readonly by: string;
  readonly observations: readonly Observation[];
  readonly complete?: readonly Scope[];
  /** Event time, epoch ms. */
  readonly atMs: number;
};

/** `before`: the records as they were, those at rest that were looked up included. */
type Step = {
  readonly before: Map<string, IncidentRecord>;
  readonly looked: Map<string, IncidentRecord>;
  readonly changes: Map<string, readonly Change[]>;
};

export type Parts = Pick<Dependencies, "config" | "documents">;

/** @param graph of the configuration, made once for all batches */
export async function openDetection({ config, documents }: Parts, graph: Graph, nowMs: number): Promise<Detection> {
  const work = unitOfWork(documents);
  const incidents = await openIncidentStore(work);
  const normalSinceMs = normalSince(await documents.get(operatorCollection, modeId), nowMs);
  const isMuted = normalSinceMs === undefined;
  const setting = { graph, rooms: config.slack.channels, nowMs };
  const told: IncidentChanged[] = [];

  /** Applies changes to single records, then settles what they mean for each other. */
  async function step(apply: (step: Step) => Promise<void>): Promise<void> {
    const before = new Map(incidents.live());
    const current: Step = { before, looked: new Map(before), changes: new Map() };
    await apply(current);
    const touched = [...current.looked].filter(([key, record]) => before.get(key) !== record);
    if (touched.length === 0) return;
    const settled = settle(before, current.looked, current.changes, setting);
    for (const [key, record] of settled.records) if (before.get(key) !== record) incidents.put(record);
    told.push(...settled.told);
  }

  async function look(current: Step, each: Look, { by, atMs }: Said, isBlindRun: boolean): Promise<void> {
    const key = subjectKey(each.subject);
    // What is well, and was so before, needs no record.
    if (!current.looked.has(key) && each.troubles.length === 0) return;
    const known = await find(current, key);
    const policy = incidentPolicy(config, each.subject);
    const openAfter = isMuted || !mayOpen(current, each, by, isBlindRun) ? Infinity : each.isBlind ? policy.unknownAfter : policy.openAfter;
    const record = { ...(known ?? newRecord(each.subject, by)), by };
    keep(current, evolveIncident(record, each, { ...policy, openAfter }, atMs));
  }

  async function find({ before, looked }: Step, key: string): Promise<IncidentRecord | undefined> {
    const known = looked.get(key);
    if (known !== undefined) return known;
    const resting = await incidents.get(key);
    if (resting !== undefined) before.set(key, resting);
    return resting;
  }

  function keep(current: Step, { record, changes }: Evolved): void {
    current.looked.set(record.key, record);
    if (changes.length > 0) current.changes.set(record.key, [...(current.changes.get(record.key) ?? []), ...changes]);
  }

  return {
    config,
    work,
    incidents,
    windows: openWindows(work),
    nowMs,
    normalSinceMs,
    observe: (said) =>
      step(async (current) => {
        const looks = looksOf(said.by, said.observations);
        const isBlindRun = said.observations.some(({ subject, verdict }) => subject.kind === "function" && verdict === "unknown");
        for (const each of looks) await look(current, each, said, isBlindRun);
        const named = new Set(looks.map(({ subject }) => subjectKey(subject)));
        for (const subject of unnamed(current, named, said.complete ?? []))
          await look(current, { subject, troubles: [], good: [undefined], isBlind: false }, said, isBlindRun);
      }),
    change: (run, keys) =>
      step(async (current) => {
        for (const key of keys) {
          const record = await find(current, key);
          if (record !== undefined) keep(current, run(record));
        }
      }),
    announced: () => announcements(told),
  };
}

/** Where the function as a whole tells that its run could not look, the single subjects do not tell it again. */
function mayOpen({ looked }: Step, { subject, isBlind }: Look, by: string, isBlindRun: boolean): boolean {
  if (!isBlind || !isBlindRun || subject.kind === "function") return true;
  return !isOpen(looked.get(subjectKey({ kind: "function", function: by })));
}

/** What a run would have named if it were not well. */
function unnamed({ looked }: Step, named: ReadonlySet<string>, complete: readonly Scope[]): readonly Subject[] {
  if (complete.length === 0) return [];
  return [...looked.values()]
    .filter(({ key, subject }) => !named.has(key) && complete.some((scope) => isInScope(subject, scope)))
    .map(({ subject }) => subject);
}
