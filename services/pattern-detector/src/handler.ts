/** On each event and each tick: what it means for incidents, applied together before anything is told. */

import type { Config, IncidentPolicy } from "@kintsugi/config/model";
import type { Event, EventOf } from "@kintsugi/events/event";
import type { Context, Dependencies, NewEvent, Outcome, Run, RunOutcome } from "@kintsugi/function-kit/declaration";
import { modeId, operatorCollection } from "@kintsugi/function-kit/mode";
import { patternFinding, patternHolds } from "./decide-pattern.ts";
import { isConfigured } from "./is-configured.ts";
import { judgeEvent } from "./judge-event.ts";
import { recordRepair } from "./repairs.ts";
import { openSession, type Session } from "./session.ts";
import { heard, judgeSilence } from "./watch.ts";
import { summariesCollection, type Window } from "./windows.ts";

export function detectPatterns({ config, documents }: Pick<Dependencies, "config" | "documents">) {
  return async (events: readonly Event[], { nowMs }: Context): Promise<Outcome> => {
    const session = await openSession({ config, documents }, nowMs);
    const publish: NewEvent[] = [];
    for (const event of events) publish.push(...(await take(session, event)));
    publish.push(...session.book.close());
    return {
      writes: session.memory.writes(),
      publish: lastOfEach(publish),
      log: publish.map(({ type, purpose }) => ({ reason: type, purpose })),
    };
  };
}

export function tick({ config, documents }: Pick<Dependencies, "config" | "documents">) {
  return async ({ nowMs }: Run): Promise<RunOutcome> => {
    const session = await openSession({ config, documents }, nowMs);
    const { book, memory, windows } = session;
    const judged = new Set<string>();
    for (const stored of (await memory.list(summariesCollection)).values()) {
      const { pattern: name, value } = stored as unknown as Window;
      const pattern = config.patterns.find((candidate) => candidate.name === name);
      if (pattern === undefined) continue;
      await evaluate(session, pattern, await windows.advance(pattern, value, nowMs), nowMs);
      judged.add(keyOf(name, value));
    }
    await resolveEmpty(session, judged);
    await resolveForgotten(session);
    await judgeSilence(session);
    book.remind(nowMs, (key) => policyOf(config, key));
    book.forget(nowMs);
    return { verdict: "ok", counts: { open: book.openKeys("").length }, publish: book.close(), writes: memory.writes() };
  };
}

async function take(session: Session, event: Event): Promise<readonly NewEvent[]> {
  const { config, memory, book } = session;
  const atMs = Date.parse(event.time);
  switch (event.type) {
    case "healing.completed":
      await count(session, event);
      return session.isMuted ? [] : await recordRepair(memory, config, event);
    case "run.completed":
      await heard(session, event);
      await judgeEvent(session, event, atMs);
      return [];
    case "canary.evaluated":
    case "drift.evaluated":
    case "gate.decided":
      await judgeEvent(session, event, atMs);
      return [];
    case "mode.set":
      await setMode(session, event);
      return [];
    case "incident.acknowledged":
    case "incident.silenced": {
      const { incident, actor, until } = event.data;
      book.acknowledge(incident, actor, until === undefined ? undefined : Date.parse(until));
      return [];
    }
    default:
      return [];
  }
}

/** What people said last holds, in whatever order it comes. */
async function setMode({ memory }: Session, { data, time }: EventOf<"mode.set">): Promise<void> {
  const before = await memory.read(operatorCollection, modeId);
  if (before !== undefined && Date.parse(String(before["at"])) > Date.parse(time)) return;
  const { mode, reason, actor, until } = data;
  memory.write(operatorCollection, modeId, { mode, reason, actor, at: time, ...(until === undefined ? {} : { until }) });
}

/** Refusals, proposals and shadow runs are in the ledger and in no count. */
async function count(session: Session, heal: EventOf<"healing.completed">): Promise<void> {
  const { outcome, mode } = heal.data;
  if (outcome === "refused" || mode === "propose" || mode === "shadow") return;
  for (const pattern of session.config.patterns) {
    const window = await session.windows.add(pattern, heal, session.nowMs);
    if (window !== undefined) await evaluate(session, pattern, window, Date.parse(heal.time));
  }
}

async function evaluate({ book, nowMs }: Session, pattern: Config["patterns"][number], window: Window, atMs: number): Promise<void> {
  const key = keyOf(pattern.name, window.value);
  const policy = pattern.incidents;
  if (patternHolds(pattern, window)) {
    const sinceMs = Math.min(Math.max(atMs, lastMs(window)), nowMs);
    await book.judge({ verdict: "bad", finding: patternFinding(pattern, window), sinceMs }, policy, nowMs);
  } else if (book.isOpen(key) || policy.openAfter > 1) await book.judge({ verdict: "good", key }, policy, nowMs);
}

/** Events may come in any order; the newest tells when the condition began to hold. */
function lastMs(window: Window): number {
  return Math.max(0, ...window.recent.map(({ timeMs }) => timeMs));
}

/** A window that has emptied has no summary any more; its incident resolves all the same. @param judged in this tick already */
async function resolveEmpty({ config, book, nowMs }: Session, judged: ReadonlySet<string>): Promise<void> {
  for (const key of book.openKeys("pattern:"))
    if (!judged.has(key)) await book.judge({ verdict: "good", key }, policyOf(config, key), nowMs);
}

function keyOf(pattern: string, value: string): string {
  return `pattern:${pattern}:${value}`;
}

async function resolveForgotten({ config, book, nowMs }: Session): Promise<void> {
  for (const key of book.openKeys(""))
    if (!isConfigured(key, config)) await book.judge({ verdict: "good", key }, { openAfter: 1, closeAfter: 1 }, nowMs);
}

function policyOf(config: Config, key: string): IncidentPolicy {
  const check = config.phases.flatMap(({ checks }) => checks).find(({ phase, name }) => `canary:${phase}.${name}` === key);
  const service = config.drift?.services.find(({ name }) => `drift:${name}` === key);
  const gate = config.gates.find(({ name }) => `gate:${name}` === key);
  const pattern = config.patterns.find(({ name }) => key.startsWith(`pattern:${name}:`));
  return (check ?? service ?? gate ?? pattern)?.incidents ?? config.incidents;
}

/** Several repairs of one batch edit one message: the last says all. */
function lastOfEach(events: readonly NewEvent[]): readonly NewEvent[] {
  return [
    ...new Map(
      events.map((event) => [event.type === "repairs.recorded" ? `repairs:${event.data.healer}:${event.data.day}` : event.purpose, event]),
    ).values(),
  ];
}
