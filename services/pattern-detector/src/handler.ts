/** On each event and each tick: what it says of incidents, applied in order, then stored and told together. */

import { nearestOf } from "@kintsugi/config/nearest";
import type { Observation } from "@kintsugi/events/observation";
import { subjectKey } from "@kintsugi/events/subject";
import { believedMark, type Event, type EventOf, saidMs } from "@kintsugi/events/event";
import type { Context, NewEvent, Outcome } from "@kintsugi/function-kit/declaration";
import { modeId, operatorCollection } from "@kintsugi/function-kit/mode";
import { countHeal } from "./count-heal.ts";
import { type Detection, openDetection, type Parts } from "./detection.ts";
import { graphOf } from "./graph.ts";
import { isHistory } from "./history.ts";
import { obeyWord, type Word } from "./obey-word.ts";
import { recordRepair } from "./repairs.ts";
import { hear } from "./silence.ts";

type Refused = NonNullable<Outcome["refused"]>[number];

export function detectPatterns(parts: Parts) {
  const graph = graphOf(parts.config);
  return async (events: readonly Event[], { nowMs }: Context): Promise<Outcome> => {
    const detection = openDetection(parts, graph, nowMs);
    const repairs: NewEvent[] = [];
    const refused: Refused[] = [];
    for (const event of events) {
      if ("observations" in event.data) await takeObservations(detection, event, event.data.observations);
      if (event.type === "healing.completed") repairs.push(...(await takeHeal(detection, event)));
      const reason = await obey(detection, event);
      if (reason !== undefined) refused.push({ event, reason });
    }
    const publish = [...detection.announced(), ...lastOfEach(repairs)];
    return { writes: detection.writes(), publish, refused, log: publish.map(({ type, purpose }) => ({ reason: type, purpose })) };
  };
}

/** A run that is older than the last one that was heard says nothing about now. */
async function takeObservations(detection: Detection, event: Event, observations: readonly Observation[]): Promise<void> {
  const atMs = saidMs(event, detection.nowMs);
  if (event.type !== "run.completed") {
    if (await isHistory(detection, event, observations)) return;
    return await detection.observe({ by: functionOf(event), observations, atMs });
  }
  const heard = await hear(detection, event);
  if (heard === undefined) return;
  const { function: by, complete } = event.data;
  await detection.observe({ by, observations: [...observations, heard], complete, atMs });
}

/** Ours are called `kintsugi/<function>`; a user's own name stands for itself. */
function functionOf({ source }: Event): string {
  return source.replace(/^kintsugi\//, "");
}

async function takeHeal(detection: Detection, event: EventOf<"healing.completed">): Promise<readonly NewEvent[]> {
  await countHeal(detection, event);
  return (await detection.normalSinceMs()) === undefined ? [] : await recordRepair(detection.work, detection.config, event);
}

/** Acts on what an operator says. Returns why it cannot be acted on. */
async function obey(detection: Detection, event: Event): Promise<string | undefined> {
  if (event.type === "mode.set") return await setMode(detection, event);
  if (event.type === "gate.overridden") return await releaseGate(detection, event);
  if (event.type !== "incident.acknowledged" && event.type !== "incident.silenced" && event.type !== "incident.closed") return undefined;
  const { incident: key } = event.data;
  const obeyed = obeyWord(await detection.incidents.get(key), event, detection.nowMs);
  if ("refused" in obeyed) return `${obeyed.refused}${await nearest(detection, event)}`;
  await detection.change(() => obeyed, [key]);
  return undefined;
}

async function nearest({ incidents }: Detection, { data }: Word): Promise<string> {
  const found = nearestOf(data.incident, [...(await incidents.standings()).keys()]);
  return found === undefined || found === data.incident ? "" : `; did you mean ${found}?`;
}

/** What people said last holds, in whatever order it comes. */
async function setMode({ work, nowMs }: Detection, event: EventOf<"mode.set">): Promise<string | undefined> {
  const { mode, reason, actor, until } = event.data;
  const atMs = saidMs(event, nowMs);
  if (until !== undefined && Date.parse(until) <= nowMs) return `${until} is over already`;
  const before = await work.read(operatorCollection, modeId);
  if (before !== undefined && believedMark(Date.parse(String(before["at"])), nowMs) > atMs) return undefined;
  const at = new Date(atMs).toISOString();
  work.write(operatorCollection, modeId, { mode, reason, actor, at, ...(until === undefined ? {} : { until }) });
  return undefined;
}

/** Nobody waits any more for what a person lets pass; whether the gate is there, the gate itself knows. */
async function releaseGate(detection: Detection, event: EventOf<"gate.overridden">): Promise<undefined> {
  const { data } = event;
  const gate = { kind: "gate", gate: data.gate } as const;
  const blind = { kind: "blind-spot", function: "gate", about: data.gate } as const;
  const observations: Observation[] = [];
  for (const subject of [gate, blind]) {
    const days = (await detection.incidents.get(subjectKey(subject)))?.days ?? [];
    for (const { day, state } of days)
      if (state === "bad" && (data.day === undefined || data.day === day)) observations.push({ subject, verdict: "ok", day });
  }
  await detection.observe({ by: "gate", observations, atMs: saidMs(event, detection.nowMs) });
}

/** Several repairs of one batch edit one message: the last says all. */
function lastOfEach(repairs: readonly NewEvent[]): readonly NewEvent[] {
  return [...new Map(repairs.map((event) => [`${event.subject} ${"day" in event.data ? event.data.day : ""}`, event])).values()];
}
