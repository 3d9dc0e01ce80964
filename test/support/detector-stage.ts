/** A pattern-detector on real documents: each step is one delivery or one tick, stored as the shell stores it. */

import type { CheckResult } from "@kintsugi/events/canary";
import type { DataOf, EventType } from "@kintsugi/events/catalogue";
import type { ServiceDrift } from "@kintsugi/events/drift";
import type { Event } from "@kintsugi/events/event";
import type { GateDecided } from "@kintsugi/events/gate";
import type { HealerRun } from "@kintsugi/events/runs";
import type { NewEvent, Outcome } from "@kintsugi/function-kit/declaration";
import { detectPatterns, tick } from "@kintsugi/pattern-detector/handler";
import type { JsonObject } from "@kintsugi/ports/json";
import { configOf, openDocuments } from "./service-stage.ts";

export type Detector = {
  /** @param time of 2026-02-05 in UTC, such as `14:00`; the event's and the clock's, unless `nowAt` says otherwise */
  feed<T extends EventType>(time: string, type: T, data: DataOf<T>, nowAt?: string): Promise<readonly NewEvent[]>;
  tick(time: string): Promise<readonly NewEvent[]>;
  /** State of each incident by its key. */
  states(): Promise<Readonly<Record<string, string>>>;
  incident(key: string): Promise<JsonObject | undefined>;
  /** How many documents a collection holds. */
  size(collection: string): Promise<number>;
};

export function detectorStage(text: string): Detector {
  const config = configOf(text);
  const { documents } = openDocuments();
  let steps = 0;
  const store = async ({ writes = [], publish = [] }: Outcome): Promise<readonly NewEvent[]> => {
    await documents.commit({ writes, publish: [], outbox: `step ${steps}` });
    return publish;
  };
  const incidents = async (): Promise<readonly JsonObject[]> => (await documents.list("kintsugi_incidents")).map(({ data }) => data);
  return {
    async feed(time, type, data, nowAt = time) {
      const event = { id: `e${++steps}`, source: "test", type, time: new Date(instant(time)).toISOString(), data } as unknown as Event;
      return await store(await detectPatterns({ config, documents })([event], { nowMs: instant(nowAt) }));
    },
    async tick(time) {
      const nowMs = instant(time);
      return await store(await tick({ config, documents })({ id: `t${++steps}`, dueMs: nowMs, nowMs }));
    },
    states: async () => Object.fromEntries((await incidents()).map(({ key, state }) => [String(key), String(state)])),
    size: async (collection) => (await documents.list(collection)).length,
    incident: async (wanted) => (await incidents()).find(({ key }) => key === wanted),
  };
}

/** `14:00`, or `06T14:00` for another day of February 2026. */
function instant(time: string): number {
  return Date.parse(`2026-02-${time.includes("T") ? "" : "05T"}${time}:00Z`);
}

export function checked(name: string, verdict: CheckResult["verdict"], change: Partial<CheckResult> = {}): CheckResult {
  const [phase, check] = name.split(".") as [string, string];
  return { phase, check, verdict, severity: "red", day: "2026-02-04", metrics: [], ...change };
}

export function canaryRun(...checks: readonly CheckResult[]): DataOf<"canary.evaluated"> {
  return { due: "2026-02-05T14:00:00.000Z", checks: [...checks], bytes: 0, dollars: 0 };
}

export function driftRun(...services: readonly Partial<ServiceDrift>[]): DataOf<"drift.evaluated"> {
  const nothing = {
    serving: [],
    undeployed: [],
    undeployed_count: 0,
    settings: [],
    severity: "red",
    reason: "up-to-date",
    text: "",
  } as const;
  return {
    due: "2026-02-05T14:00:00.000Z",
    services: services.map((service) => ({ ...nothing, service: "worker", verdict: "ok", ...service }) as ServiceDrift),
  };
}

export function gateDecision(change: Partial<GateDecided>): GateDecided {
  return {
    status: "proceed",
    can_proceed: true,
    quality_score: 1,
    message: "",
    completeness_pct: 100,
    expected_count: 0,
    actual_count: 0,
    missing_items: [],
    quality_issues: [],
    quality_metadata: { before: "analytics" },
    gate: "raw-to-analytics",
    day: "2026-02-04",
    consumer: "analytics",
    context: "live",
    verdict: "proceed",
    severity: "red",
    checks: [],
    ...change,
  };
}

export function cleanupRun(change: Partial<HealerRun>): DataOf<"run.completed"> {
  const nothing = { considered: 0, sick: 0, pending: 0, closed: [], told: [], refused: [] };
  return {
    function: "cleanup",
    due: "2026-02-05T14:00:00.000Z",
    started: "2026-02-05T14:00:00.000Z",
    verdict: "ok",
    counts: {},
    healers: [{ healer: "batch_cleanup", verdict: "ok", ...nothing, ...change }],
  };
}
