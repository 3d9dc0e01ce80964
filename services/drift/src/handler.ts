/** On each run: a verdict for every service, by the revision that takes the traffic and its commit. */

import type { Drift, DriftService } from "@kintsugi/config/model";
import type { DriftEvaluated, ServiceDrift } from "@kintsugi/events/drift";
import { fit } from "@kintsugi/events/fit";
import { shorten } from "@kintsugi/events/shorten";
import type { Dependencies, Run, RunOutcome } from "@kintsugi/function-kit/declaration";
import { decideDrift, type DriftFacts, type DriftJudgement } from "./decide-drift.ts";
import { lookAtService, newest } from "./look-at-service.ts";
import { observeService } from "./observe-service.ts";
import { runVerdict } from "./run-verdict.ts";
import { shorterServices } from "./trim-services.ts";
import { findUnwatched, observeUnwatched, namesOf } from "./unwatched.ts";

const MAX_LISTED = 20;
const MAX_MESSAGE = 200;
const MAX_TEXT = 500;

type Judged = { readonly service: DriftService; readonly facts: DriftFacts; readonly judgement: DriftJudgement };

export function evaluateDrift({ config, deployments, history }: Pick<Dependencies, "config" | "deployments" | "history">) {
  return async (run: Run): Promise<RunOutcome> => {
    const drift = config.drift!;
    const sources = { deployments, history, tip: await newest(history) };
    const judged: Judged[] = [];
    for (const service of drift.services) {
      const facts = await lookAtService(sources, drift, service);
      judged.push({ service, facts, judgement: decideDrift(facts, service, run.nowMs) });
    }
    const judgements = judged.map(({ judgement }) => judgement);
    const services = judged.map((one) => recordOf(one, drift));
    const unwatched = await findUnwatched(deployments, drift);
    const data: DriftEvaluated = { due: new Date(run.dueMs).toISOString(), services, unwatched: namesOf(unwatched) };
    return {
      ...runVerdict(judgements, sources.tip),
      counts: {
        services: judgements.length,
        findings: judgements.filter(({ verdict }) => verdict === "finding").length,
        unknown: judgements.filter(({ verdict }) => verdict === "unknown").length,
      },
      observations: [...judged.map(({ judgement, service }) => observeService(judgement, service, drift)), observeUnwatched(unwatched)],
      complete: [{ kind: "services" }],
      publish: [{ type: "drift.evaluated", purpose: "evaluated", data: fit(data, shorterServices) }],
    };
  };
}

/** For the ledger: all numbers, whatever people are told. */
function recordOf({ service, facts, judgement: { undeployed, ageMs, ...judged } }: Judged, { command }: Drift): ServiceDrift {
  const serving = facts.kind === "serving" ? facts.serving.map(({ revision }) => revision) : [];
  return {
    service: service.name,
    verdict: judged.verdict,
    reason: judged.reason,
    text: shorten(judged.text, MAX_TEXT),
    severity: service.severity,
    serving: serving.map(({ name, commit, traffic, created, by }) => ({
      revision: name,
      commit,
      traffic,
      ...(created === undefined ? {} : { deployed: created }),
      ...(by === undefined ? {} : { by: shorten(by, MAX_MESSAGE) }),
    })),
    undeployed: undeployed.slice(0, MAX_LISTED).map(({ sha, message, author, arrivedMs }) => ({
      sha,
      message: shorten(message, MAX_MESSAGE),
      ...(author === undefined ? {} : { author: shorten(author, MAX_MESSAGE) }),
      arrived: new Date(arrivedMs).toISOString(),
    })),
    undeployed_count: undeployed.length,
    settings: judged.settings,
    ...(ageMs === undefined ? {} : { age_seconds: ageMs / 1_000 }),
    ...(command === undefined ? {} : { command: command.replaceAll("{service}", service.name) }),
  };
}
