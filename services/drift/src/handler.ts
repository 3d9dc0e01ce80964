/** On each run: a verdict for every service, by the revision that takes the traffic and its commit. */

import type { Drift, DriftService } from "@kintsugi/config/model";
import type { ServiceDrift } from "@kintsugi/events/drift";
import { fit } from "@kintsugi/events/fit";
import { shorten } from "@kintsugi/events/shorten";
import type { Dependencies, Run, RunOutcome } from "@kintsugi/function-kit/declaration";
import { decideDrift } from "./decide-drift.ts";
import { lookAtService, newest, type World } from "./look-at-service.ts";
import { shorterServices } from "./trim-services.ts";

const MAX_LISTED = 20;
const MAX_MESSAGE = 200;
const MAX_TEXT = 500;

export function evaluateDrift({ config, deployments, history }: Pick<Dependencies, "config" | "deployments" | "history">) {
  return async (run: Run): Promise<RunOutcome> => {
    const drift = config.drift!;
    const services: ServiceDrift[] = [];
    const tip = await newest(history);
    for (const service of drift.services) services.push(await judge({ deployments, history, tip }, drift, service, run.nowMs));
    const unknown = services.filter(({ verdict }) => verdict === "unknown");
    const isBlind = services.length > 0 && unknown.length === services.length;
    return {
      verdict: isBlind ? "unknown" : "ok",
      ...(isBlind ? { reason: unknown[0]!.text } : {}),
      counts: {
        services: services.length,
        findings: services.filter(({ verdict }) => verdict === "finding").length,
        unknown: unknown.length,
      },
      publish: [
        { type: "drift.evaluated", purpose: "evaluated", data: fit({ due: new Date(run.dueMs).toISOString(), services }, shorterServices) },
      ],
    };
  };
}

async function judge(world: World, drift: Drift, service: DriftService, nowMs: number): Promise<ServiceDrift> {
  const facts = await lookAtService(world, drift, service);
  const { undeployed, ageMs, text, ...judged } = decideDrift(facts, service, nowMs);
  return {
    ...judged,
    text: shorten(text, MAX_TEXT),
    service: service.name,
    severity: service.severity,
    serving:
      facts.kind === "serving"
        ? facts.serving.map(({ revision }) => ({ revision: revision.name, commit: revision.commit, traffic: revision.traffic }))
        : [],
    undeployed: undeployed.slice(0, MAX_LISTED).map(({ sha, message, committedMs }) => ({
      sha,
      message: shorten(message, MAX_MESSAGE),
      committed: new Date(committedMs).toISOString(),
    })),
    ...(ageMs === undefined ? {} : { age_seconds: ageMs / 1_000 }),
    ...(drift.command === undefined ? {} : { command: drift.command.replaceAll("{service}", service.name) }),
  };
}
