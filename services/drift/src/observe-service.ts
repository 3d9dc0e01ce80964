/** What drift says of one service, in words for people. Pure. */

import type { Drift, DriftService } from "@kintsugi/config/model";
import { nameSome } from "@kintsugi/events/name-some";
import type { Observation } from "@kintsugi/events/observation";
import { shorten } from "@kintsugi/events/shorten";
import { span } from "@kintsugi/events/span";
import { blindSpotOf, subjectKey } from "@kintsugi/events/subject";
import { type DriftFinding, type DriftJudgement, settingsText } from "./decide-drift.ts";

const MAX_FACT = 500;
const MAX_MESSAGE = 100;
const MAX_NAMED = 3;

export function observeService(judged: DriftJudgement, service: DriftService, { command }: Pick<Drift, "command">): Observation {
  const subject = { kind: "service", service: service.name } as const;
  switch (judged.verdict) {
    case "ok":
      return { subject, verdict: "ok" };
    case "unknown":
      return {
        subject,
        verdict: "unknown",
        severity: "yellow",
        title: `${service.name} cannot be judged`,
        facts: [shorten(judged.text, MAX_FACT), "this says nothing about whether it is up to date"],
        next: [`kintsugi why ${subjectKey(blindSpotOf("drift", subject))}`],
        channel: "drift",
        ...(judged.cause === undefined ? {} : { cause: judged.cause }),
      };
    case "finding":
      return {
        subject,
        verdict: "finding",
        severity: service.severity,
        title: `${service.name}: ${titleOf(judged.reason)}`,
        facts: factsOf(judged),
        next: [...(command === undefined ? [] : [command.replaceAll("{service}", service.name)]), `kintsugi why ${subjectKey(subject)}`],
        channel: "drift",
      };
  }
}

function titleOf(reason: DriftFinding): string {
  switch (reason) {
    case "stale":
      return "serves old code";
    case "settings":
      return "has other settings than expected";
    case "nothing-serves":
      return "takes no traffic";
    case "traffic-split":
      return "splits its traffic";
  }
}

function factsOf({ text, undeployed, ageMs, settings, reason }: DriftJudgement): string[] {
  const changes = undeployed.map(({ sha, message }) => `${sha.slice(0, 10)} ${shorten(message, MAX_MESSAGE)}`);
  return [
    shorten(text, MAX_FACT),
    ...(changes.length === 0 ? [] : [`not deployed: ${nameSome(changes, MAX_NAMED)}`]),
    ...(ageMs === undefined ? [] : [`oldest undeployed change: ${span(ageMs)} old`]),
    ...(settings.length === 0 || reason === "settings" ? [] : [shorten(`besides: ${settingsText(settings)}`, MAX_FACT)]),
  ];
}
