/** On each tick: windows move on, silence is noticed, bad days are given up, and what is still open is recalled. */

import { isConfigured, functionNames } from "@kintsugi/config/configured";
import { incidentPolicy } from "@kintsugi/config/incident-policy";
import type { Config } from "@kintsugi/config/model";
import type { Observation } from "@kintsugi/events/observation";
import { deadLetterSource, deadLetters } from "@kintsugi/function-kit/dead-letter";
import type { Run, RunOutcome } from "@kintsugi/function-kit/declaration";
import type { Documents } from "@kintsugi/ports/documents";
import { judgePattern } from "./count-heal.ts";
import { type Detection, openDetection, type Parts } from "./detection.ts";
import { endFlapping, type Evolved, giveUpDays, resolveIncident } from "./evolve-incident.ts";
import { graphOf } from "./graph.ts";
import { type IncidentRecord, isOpen, type OpenRecord } from "./incident-record.ts";
import { endSilence } from "./obey-word.ts";
import { remind } from "./remind.ts";
import { judgeClock, judgeSilence, SELF } from "./silence.ts";

export function tick(parts: Parts) {
  const graph = graphOf(parts.config);
  return async ({ nowMs }: Run): Promise<RunOutcome> => {
    const detection = openDetection(parts, graph, nowMs);
    await judgePatterns(detection);
    await noticeStep(detection);
    await judgeWatched(detection);
    await judgeDeadLetters(detection, parts.documents);
    await dropOrphans(detection);
    await passTime(detection);
    const open = (await openStandings(detection)).length;
    return { verdict: "ok", counts: { open }, publish: detection.announced(), writes: detection.writes() };
  };
}

/** Without words. */
async function openStandings({ incidents }: Detection): Promise<readonly OpenRecord[]> {
  return [...(await incidents.standings()).values()].filter(isOpen);
}

/** Time alone ends a pattern, and begins none: only windows of patterns that are not well move on. */
async function judgePatterns(detection: Detection): Promise<void> {
  const { config, windows, incidents, nowMs } = detection;
  const observations: Observation[] = [];
  for (const { subject } of (await incidents.standings()).values()) {
    if (subject.kind !== "pattern") continue;
    const pattern = config.patterns.find(({ name }) => name === subject.pattern);
    const window = pattern === undefined ? undefined : await windows.advance(pattern, subject.value, nowMs);
    observations.push(
      pattern === undefined || window === undefined ? { subject, verdict: "ok" } : judgePattern(pattern, window, { eventMs: 0, nowMs }),
    );
  }
  if (observations.length > 0) await detection.observe({ by: SELF, observations, atMs: nowMs });
}

/** Due times that were reckoned from stamps of a future are reckoned anew. */
async function noticeStep(detection: Detection): Promise<void> {
  const { work, incidents, nowMs } = detection;
  const clock = await judgeClock(work, nowMs);
  if (clock.verdict === "finding")
    await detection.change((record) => ({ record: { ...record }, changes: [] }), [...(await incidents.standings()).keys()]);
  await detection.observe({ by: SELF, observations: [clock], atMs: nowMs });
}

async function judgeWatched(detection: Detection): Promise<void> {
  const { config, work, nowMs } = detection;
  if ((await judgeSilence(work, config, nowMs)).length === 0) return;
  const normalSinceMs = await detection.normalSinceMs();
  if (normalSinceMs === undefined) return;
  await detection.observe({ by: SELF, observations: await judgeSilence(work, config, nowMs, normalSinceMs), atMs: nowMs });
}

/** Work that waits for a person is done when none of its letters is left: each was replayed or dropped. A notifier that was refused says itself when it is accepted again. */
async function judgeDeadLetters(detection: Detection, documents: Documents): Promise<void> {
  const waiting = (await openStandings(detection)).filter(({ subject, by }) => subject.kind === "dead-letter" && by === deadLetterSource);
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
  const keys = (await openStandings(detection)).flatMap((record) => (isOrphan(record, config) ? [record.key] : []));
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

/** Only what is due is read. */
async function passTime(detection: Detection): Promise<void> {
  const { config, incidents, nowMs } = detection;
  const keys = await incidents.due(nowMs);
  if (keys.length === 0) return;
  await detection.change((record) => giveUpDays(record, incidentPolicy(config, record.subject).openDaysMs, nowMs), keys);
  await detection.change(
    whileOpen((record) => endFlapping(record, nowMs)),
    keys,
  );
  // In a mode nothing is told: a silence that ends meanwhile ends after it.
  if ((await detection.normalSinceMs()) === undefined) return;
  await detection.change((record) => endSilence(record, nowMs), keys);
  // Looking at it is enough: what waited to be said is said now.
  await detection.change((record) => ({ record: record.isUnsaid ? { ...record } : record, changes: [] }), keys);
  await detection.change(
    whileOpen((record) => remind(record, incidentPolicy(config, record.subject).remindMs, nowMs)),
    keys,
  );
}

/** What is not open, or not any more, stays as it is. */
function whileOpen(change: (record: OpenRecord) => Evolved): (record: IncidentRecord) => Evolved {
  return (record) => (isOpen(record) ? change(record) : { record, changes: [] });
}
