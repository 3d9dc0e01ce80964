/** On each run: a verdict for every service, by the revision that takes the traffic and its commit. */

import type { Drift, DriftService } from "@kintsugi/config/model";
import type { ServiceDrift } from "@kintsugi/events/drift";
import { fit } from "@kintsugi/events/fit";
import { shorten } from "@kintsugi/events/shorten";
import type { Dependencies, Run, RunOutcome } from "@kintsugi/function-kit/declaration";
import type { Revision } from "@kintsugi/ports/deployments";
import { messageOf } from "@kintsugi/ports/failure";
import picomatch from "picomatch";
import { decideDrift, type DriftFacts, type ServingFacts } from "./decide-drift.ts";
import { plainPath } from "./repository-path.ts";
import { shorterServices } from "./trim-services.ts";

const MAX_LISTED = 20;
const MAX_MESSAGE = 200;
const MAX_TEXT = 500;

type World = Pick<Dependencies, "deployments" | "history"> & { readonly tip: Tip };
type Tip = { readonly commit: string } | { readonly failure: unknown };

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

async function newest(history: Dependencies["history"]): Promise<Tip> {
  try {
    return { commit: await history.tip() };
  } catch (failure) {
    return { failure };
  }
}

async function judge(world: World, drift: Drift, service: DriftService, nowMs: number): Promise<ServiceDrift> {
  const facts = await look(world, drift, service);
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

async function look({ deployments, history, tip }: World, drift: Drift, service: DriftService): Promise<DriftFacts> {
  let revisions: readonly Revision[] | undefined;
  try {
    revisions = await deployments.revisions(service.name);
  } catch (error) {
    return { kind: "unknown", reason: "deployments-unreadable", text: messageOf(error) };
  }
  if (revisions === undefined)
    return { kind: "unknown", reason: "service-not-found", text: `${service.name} is not among the deployments` };
  const taking = revisions.filter(({ traffic }) => traffic > 0);
  if (taking.length === 0) return { kind: "serving", serving: [] };
  const isIgnored = ignoring(drift.ignore);
  const wanted = service.paths.map(plainPath);
  const serving: ServingFacts[] = [];
  if ("failure" in tip) return { kind: "unknown", reason: "history-unreadable", text: messageOf(tip.failure) };
  try {
    for (const revision of taking) {
      const { servingKnown, commits, unknownPaths } = await history.undeployed({
        tip: tip.commit,
        serving: revision.commit,
        paths: wanted,
      });
      if (unknownPaths.length > 0)
        return { kind: "unknown", reason: "path-never-existed", text: `${unknownPaths.join(", ")} never existed in the history` };
      const relevant = commits.filter(({ paths }) => !paths.every((path) => isIgnored(path)));
      serving.push({ revision, servingKnown, undeployed: relevant });
    }
  } catch (error) {
    return { kind: "unknown", reason: "history-unreadable", text: messageOf(error) };
  }
  return { kind: "serving", serving };
}

/** A glob that begins with `**` means files in any folder, those beside the history's too; by itself it takes no dots for a folder's name. */
function ignoring(globs: readonly string[]): (path: string) => boolean {
  const matches = picomatch([...globs], { dot: true });
  const matchesAnywhere = picomatch(
    globs.filter((glob) => glob.startsWith("**/")),
    { dot: true },
  );
  return (path) => matches(path) || matchesAnywhere(path.replace(/^(?:\.\.\/)+/, ""));
}
