/** What has happened on the stage since the start, as far as expectations ask for it. */

import type { IncidentChanged } from "@kintsugi/events/alerts";
import type { CanaryEvaluated } from "@kintsugi/events/canary";
import { eventKey, type Event } from "@kintsugi/events/event";
import { Verdict, worst } from "@kintsugi/events/fields";
import type { RunCompleted } from "@kintsugi/events/runs";
import { subjectKey } from "@kintsugi/events/subject";
import { incidentOf } from "@kintsugi/notify/incident-telling";

export type SeenEvents = {
  /** Takes an event in, once; false when it was there before. */
  see(event: Event): boolean;
  /** Keys of all events that were accepted. */
  readonly accepted: ReadonlySet<string>;
  /** The latest state of each incident that was told of. */
  readonly incidents: ReadonlyMap<string, IncidentChanged>;
  /** How each subject was judged, run by run. */
  readonly verdicts: ReadonlyMap<string, readonly string[]>;
  /** Targets acted on, in order. */
  readonly healed: readonly string[];
};

export function seenEvents(): SeenEvents {
  const accepted = new Set<string>();
  const incidents = new Map<string, IncidentChanged>();
  const verdicts = new Map<string, string[]>();
  const healed: string[] = [];
  const judge = (subject: string, verdict: string): void => {
    const before = verdicts.get(subject);
    if (before === undefined) verdicts.set(subject, [verdict]);
    else before.push(verdict);
  };

  function see(event: Event): boolean {
    const key = eventKey(event);
    if (accepted.has(key)) return false;
    accepted.add(key);
    for (const incident of incidentOf(event)) {
      const before = incidents.get(incident.key);
      if (before === undefined || isNewer(incident, before)) incidents.set(incident.key, incident);
    }
    if (event.type === "canary.evaluated") for (const [key, verdict] of checkVerdicts(event.data)) judge(key, verdict);
    if (event.type === "drift.evaluated")
      for (const { service, verdict } of event.data.services) judge(subjectKey({ kind: "service", service }), verdict);
    if (event.type === "gate.decided") judge(subjectKey({ kind: "gate", gate: event.data.gate }), event.data.status);
    if (event.type === "run.completed") seeRun(event.data);
    return true;
  }

  function seeRun(run: RunCompleted): void {
    judge(run.function, run.verdict);
    for (const { healer, verdict, closed } of run.healers ?? []) {
      judge(subjectKey({ kind: "healer", healer }), verdict);
      healed.push(...closed.map(({ target }) => target));
    }
  }

  return { see, accepted, incidents, verdicts, healed };
}

/** A run judges a check once for each day that it looks at: the worst of them is the run's verdict. */
function checkVerdicts({ checks }: CanaryEvaluated): ReadonlyMap<string, Verdict> {
  const verdicts = new Map<string, Verdict>();
  for (const { phase, check, verdict } of checks) {
    const key = subjectKey({ kind: "check", phase, check });
    const before = verdicts.get(key);
    verdicts.set(key, before === undefined ? verdict : worst(Verdict, [before, verdict]));
  }
  return verdicts;
}

/** A new episode starts its revisions anew; its `opened` is later. */
function isNewer(one: IncidentChanged, other: IncidentChanged): boolean {
  return one.opened === other.opened ? one.revision > other.revision : Date.parse(one.opened) > Date.parse(other.opened);
}
