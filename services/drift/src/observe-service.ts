/** What drift says of one service, in words for people. Pure. */

import type { Drift, DriftService } from "@kintsugi/config/model";
import { nameSome } from "@kintsugi/events/name-some";
import type { Observation } from "@kintsugi/events/observation";
import { shorten } from "@kintsugi/events/shorten";
import { span } from "@kintsugi/events/span";
import { blindSpotOf, subjectKey } from "@kintsugi/events/subject";
import type { Revision } from "@kintsugi/ports/deployments";
import { type DriftFinding, type DriftJudgement, settingsText } from "./decide-drift.ts";

const MAX_FACT = 500;
const MAX_MESSAGE = 100;
const MAX_AUTHOR = 60;
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

/** When what serves was deployed, and by whom, as far as the deployments say. */
function deployed(revision: Revision | undefined): readonly string[] {
  if (revision?.created === undefined) return [];
  const by = revision.by === undefined ? "" : ` by ${shorten(revision.by, MAX_AUTHOR)}`;
  return [`${shorten(revision.name, MAX_MESSAGE)} was deployed ${revision.created.slice(0, 16).replace("T", " ")}Z${by}`];
}

/** A message has four facts at most. */
function oneFact(parts: readonly string[]): readonly string[] {
  return parts.length === 0 ? [] : [parts.join("; ")];
}

function factsOf({ text, undeployed, ageMs, settings, reason, revision }: DriftJudgement): string[] {
  const changes = undeployed.map(
    ({ sha, message, author }) =>
      `${sha.slice(0, 10)} ${shorten(message, MAX_MESSAGE)}${author === undefined ? "" : ` (${shorten(author, MAX_AUTHOR)})`}`,
  );
  const age = ageMs === undefined ? [] : [`oldest undeployed change: ${span(ageMs)} old`];
  return [
    shorten(text, MAX_FACT),
    ...(changes.length === 0 ? [] : [`not deployed: ${nameSome(changes, MAX_NAMED)}`]),
    ...oneFact([...age, ...deployed(revision)]),
    ...(settings.length === 0 || reason === "settings" ? [] : [shorten(`besides: ${settingsText(settings)}`, MAX_FACT)]),
  ];
}
