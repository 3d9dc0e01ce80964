/** On each tick: windows move on, silence is noticed, bad days are given up, and what is still open is recalled. */

import { isConfigured, functionNames } from "@kintsugi/config/configured";
import { incidentPolicy } from "@kintsugi/config/incident-policy";
import type { Config } from "@kintsugi/config/model";
import type { Observation } from "@kintsugi/events/observation";
import { subjectKey } from "@kintsugi/events/subject";
import { deadLetterSource, deadLetters } from "@kintsugi/function-kit/dead-letter";
import type { Run, RunOutcome } from "@kintsugi/function-kit/declaration";
import type { Documents } from "@kintsugi/ports/documents";
import { judgePattern } from "./count-heal.ts";
import { type Detection, openDetection, type Parts } from "./detection.ts";
import { endFlapping, type Evolved, giveUpDays, resolveIncident } from "./evolve-incident.ts";
import { graphOf } from "./graph.ts";
import { type IncidentRecord, isOpen, type OpenRecord } from "./incident-record.ts";
import { remind } from "./remind.ts";
import { judgeSilence, SELF } from "./silence.ts";
import { summariesCollection, type Window } from "./windows.ts";

const SWEEP_MS = 24 * 3_600_000;
const sweepCollection = "kintsugi_detector";
const sweepId = "sweep";

export function tick(parts: Parts) {
  const graph = graphOf(parts.config);
  return async ({ nowMs }: Run): Promise<RunOutcome> => {
    const detection = await openDetection(parts, graph, nowMs);
    await judgePatterns(detection);
    await judgeWatched(detection);
    await judgeDeadLetters(detection, parts.documents);
    await dropOrphans(detection);
    await passTime(detection);
    await sweep(detection);
    const open = openRecords(detection).length;
    return { verdict: "ok", counts: { open }, publish: detection.announced(), writes: detection.work.writes() };
  };
}

function openRecords({ incidents }: Detection): readonly OpenRecord[] {
  return [...incidents.live().values()].filter(isOpen);
}

/** A window that has emptied has no summary any more; its incident is over all the same. */
async function judgePatterns(detection: Detection): Promise<void> {
  const { config, work, windows, nowMs } = detection;
  const observations: Observation[] = [];
  for (const stored of (await work.list(summariesCollection)).values()) {
    const { pattern: name, value } = stored as unknown as Window;
    const pattern = config.patterns.find((candidate) => candidate.name === name);
    if (pattern === undefined) continue;
    const window = await windows.advance(pattern, value, nowMs);
    observations.push(judgePattern(pattern, window, { eventMs: 0, nowMs }));
  }
  const judged = new Set(observations.map(({ subject }) => subjectKey(subject)));
  const empty = [...detection.incidents.live().values()].filter(({ key, subject }) => subject.kind === "pattern" && !judged.has(key));
  await detection.observe({
    by: SELF,
    observations: [...observations, ...empty.map(({ subject }) => ({ subject, verdict: "ok" }) as const)],
    atMs: nowMs,
  });
}

async function judgeWatched(detection: Detection): Promise<void> {
  const { config, work, nowMs, normalSinceMs } = detection;
  if (normalSinceMs === undefined) return;
  await detection.observe({ by: SELF, observations: await judgeSilence(work, config, { normalSinceMs, nowMs }), atMs: nowMs });
}

/** Work that waits for a person is done when none of its letters is left: each was replayed or dropped. A notifier that was refused says itself when it is accepted again. */
async function judgeDeadLetters(detection: Detection, documents: Documents): Promise<void> {
  const waiting = openRecords(detection).filter(({ subject, by }) => subject.kind === "dead-letter" && by === deadLetterSource);
  if (waiting.length === 0) return;
  const letters = await documents.list(deadLetters);
  const needing = new Set(letters.filter(({ data }) => data["needs_person"] === true).map(({ data }) => String(data["function"])));
  const done = waiting.filter(({ subject }) => subject.kind === "dead-letter" && !needing.has(subject.function));
  const observations = done.map(({ subject }) => ({ subject, verdict: "ok" }) as const);
  await detection.observe({ by: SELF, observations, atMs: detection.nowMs });
}

/** What the configuration gives nobody to look at any more would stand open for ever. */
async function dropOrphans(detection: Detection): Promise<void> {
  const { config, nowMs } = detection;
  const keys = openRecords(detection).flatMap((record) => (isOrphan(record, config) ? [record.key] : []));
  await detection.change(
    whileOpen((record) => resolveIncident(record, nowMs, "resolved", "it is not configured any more")),
    keys,
  );
}

function isOrphan({ subject, by }: IncidentRecord, config: Config): boolean {
  const name = functionNames.find((each) => each === (subject.kind === "silence" ? subject.function : by));
  if (name !== undefined && !isConfigured(name, config)) return true;
  return subject.kind === "gate" && !config.gates.some((gate) => gate.name === subject.gate);
}

async function passTime(detection: Detection): Promise<void> {
  const { config, incidents, nowMs, normalSinceMs } = detection;
  const keys = [...incidents.live().keys()];
  await detection.change((record) => giveUpDays(record, incidentPolicy(config, record.subject).openDaysMs, nowMs), keys);
  await detection.change(
    whileOpen((record) => endFlapping(record, nowMs)),
    keys,
  );
  if (normalSinceMs === undefined) return;
  await detection.change(
    whileOpen((record) => remind(record, incidentPolicy(config, record.subject).remindMs, nowMs)),
    keys,
  );
}

/** What is not open, or not any more, stays as it is. */
function whileOpen(change: (record: OpenRecord) => Evolved): (record: IncidentRecord) => Evolved {
  return (record) => (isOpen(record) ? change(record) : { record, changes: [] });
}

/** Once a day: what has been well for long is forgotten. */
async function sweep({ work, incidents, nowMs }: Detection): Promise<void> {
  const last = Number((await work.read(sweepCollection, sweepId))?.["sweptMs"] ?? 0);
  if (nowMs - last < SWEEP_MS) return;
  await incidents.forget(nowMs);
  work.write(sweepCollection, sweepId, { sweptMs: nowMs });
}
