/** A pattern-detector on real documents: each step is one delivery or one tick, stored as the shell stores it. */

import type { IncidentChanged } from "@kintsugi/events/alerts";
import type { DataOf, EventType } from "@kintsugi/events/catalogue";
import type { Event } from "@kintsugi/events/event";
import type { Observation } from "@kintsugi/events/observation";
import { parseSubject, type Scope } from "@kintsugi/events/subject";
import type { Dependencies, NewEvent, Outcome } from "@kintsugi/function-kit/declaration";
import { patternDetector } from "@kintsugi/pattern-detector/function";
import { configOf, openDocuments } from "./service-stage.ts";

export type Detector = {
  /** @param time of 2026-02-05 in UTC, such as `14:00`; the event's and the clock's, unless `nowAt` says otherwise */
  feed<T extends EventType>(time: string, type: T, data: DataOf<T>, nowAt?: string): Promise<readonly NewEvent[]>;
  /** A run of a function that says so of each key. */
  run(time: string, by: string, observations: readonly Observation[], complete?: readonly Scope[]): Promise<readonly NewEvent[]>;
  /** Several events in one delivery. */
  batch(nowAt: string, events: readonly Event[]): Promise<Outcome>;
  tick(time: string): Promise<readonly NewEvent[]>;
  /** State of each incident that is open or at rest, by its key. */
  states(): Promise<Readonly<Record<string, string>>>;
  incident(key: string): Promise<IncidentChanged | undefined>;
  /** How many documents a collection holds. */
  size(collection: string): Promise<number>;
};

const COLLECTIONS = ["kintsugi_incidents", "kintsugi_incident_history"];

export function detectorStage(text: string): Detector {
  const config = configOf(text);
  const { documents } = openDocuments();
  const dependencies = { config, documents } as unknown as Dependencies;
  let steps = 0;
  const store = async ({ writes = [], publish = [] }: Outcome): Promise<readonly NewEvent[]> => {
    await documents.commit({ writes, publish: [], outbox: `step ${steps}` });
    return publish;
  };
  const incidents = async (): Promise<readonly IncidentChanged[]> => {
    const stored = [];
    for (const collection of COLLECTIONS) stored.push(...(await documents.list(collection)));
    return stored.flatMap(({ data }) => (data["incident"] as unknown as IncidentChanged | undefined) ?? []);
  };
  const eventOf = (time: string, type: EventType, data: unknown, subject?: string): Event =>
    ({
      id: `e${++steps}`,
      source: "kintsugi/test",
      type,
      time: new Date(instant(time)).toISOString(),
      data,
      ...(subject === undefined ? {} : { subject }),
    }) as Event;
  const batch = async (nowAt: string, events: readonly Event[]): Promise<Outcome> => {
    const outcome = await patternDetector.onEvents!(dependencies)(events, { nowMs: instant(nowAt), patienceMs: 0 });
    await store(outcome);
    return outcome;
  };
  return {
    batch,
    feed: async (time, type, data, nowAt = time) =>
      (await batch(nowAt, [eventOf(time, type, data, "gate" in data ? data.gate : undefined)])).publish ?? [],
    run: async (time, by, observations, complete = []) =>
      (await batch(time, [eventOf(time, "run.completed", runOf(by, observations, complete), by)])).publish ?? [],
    async tick(time) {
      const nowMs = instant(time);
      return await store(await patternDetector.onRun!(dependencies)({ id: `t${++steps}`, dueMs: nowMs, nowMs }));
    },
    states: async () => Object.fromEntries((await incidents()).map(({ key, state }) => [key, state])),
    size: async (collection) => (await documents.list(collection)).length,
    incident: async (wanted) => (await incidents()).find(({ key }) => key === wanted),
  };
}

export function runOf(by: string, observations: readonly Observation[], complete: readonly Scope[] = []): DataOf<"run.completed"> {
  const time = "2026-02-05T14:00:00.000Z";
  return { function: by, due: time, started: time, verdict: "ok", counts: {}, observations: [...observations], complete: [...complete] };
}

/** `14:00`, or `06T14:00` for another day of February 2026. */
function instant(time: string): number {
  return Date.parse(`2026-02-${time.includes("T") ? "" : "05T"}${time}:00Z`);
}

type Words = Partial<Extract<Observation, { verdict: "finding" }>>;

/** What a producer says of one key. */
export function observed(key: string, verdict: Observation["verdict"], words: Words = {}): Observation {
  const subject = parseSubject(key)!;
  const day = words.day === undefined ? {} : { day: words.day };
  switch (verdict) {
    case "ok":
      return { subject, verdict, ...day };
    case "not_applicable":
      return { subject, verdict, reason: "nothing expected", ...day };
    case "unknown":
    case "finding":
      return {
        subject,
        severity: verdict === "unknown" ? "yellow" : "red",
        title: `${key} fails`,
        facts: [],
        next: [],
        channel: "canary",
        ...words,
        verdict,
      };
  }
}

export function gateDecision(change: Partial<DataOf<"gate.decided">>): DataOf<"gate.decided"> {
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
    waived: [],
    observations: [],
    ...change,
  };
}
