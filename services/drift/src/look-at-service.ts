/** Asks the deployments and the history about one service. */

import type { Drift, DriftService } from "@kintsugi/config/model";
import type { Dependencies } from "@kintsugi/function-kit/declaration";
import type { Revision } from "@kintsugi/ports/deployments";
import { messageOf } from "@kintsugi/ports/failure";
import picomatch from "picomatch";
import { causeNamed, causeOfFailure } from "./cause-of.ts";
import type { DriftFacts, ServingFacts } from "./decide-drift.ts";
import { plainPath } from "./plain-path.ts";

/** The newest commit of the branch, or why it cannot be told. */
export type Tip = { readonly commit: string } | { readonly failure: unknown };

export type DriftSources = Pick<Dependencies, "deployments" | "history"> & { readonly tip: Tip };

/** Asked once per run, so that all services are judged by the same commit. */
export async function newest(history: Dependencies["history"]): Promise<Tip> {
  try {
    return { commit: await history.tip() };
  } catch (failure) {
    return { failure };
  }
}

/** What serves one service, and what of the history it lacks; or why nobody can tell. */
export async function lookAtService(sources: DriftSources, drift: Drift, service: DriftService): Promise<DriftFacts> {
  let revisions: readonly Revision[] | undefined;
  try {
    revisions = await sources.deployments.revisions(service.name);
  } catch (error) {
    return { kind: "unknown", reason: "deployments-unreadable", text: messageOf(error), cause: causeOfFailure(error, "deployments") };
  }
  if (revisions === undefined) {
    const text = `${service.name} is not among the deployments`;
    return { kind: "unknown", reason: "service-not-found", text, cause: causeNamed("service", service.name) };
  }
  const taking = revisions.filter(({ traffic }) => traffic > 0);
  if (taking.length === 0) return { kind: "serving", serving: [] };
  try {
    return await lookAtHistory(sources, taking, drift, service);
  } catch (error) {
    return { kind: "unknown", reason: "history-unreadable", text: messageOf(error), cause: causeOfFailure(error, "history") };
  }
}

async function lookAtHistory(
  { history, tip }: DriftSources,
  taking: readonly Revision[],
  drift: Drift,
  service: DriftService,
): Promise<DriftFacts> {
  if ("failure" in tip) throw tip.failure;
  const isIgnored = ignoring(drift.ignore);
  const paths = service.paths.map(plainPath);
  const serving: ServingFacts[] = [];
  for (const revision of taking) {
    const { servingKnown, commits, unknownPaths } = await history.undeployed({ tip: tip.commit, serving: revision.commit, paths });
    if (unknownPaths.length > 0) {
      const text = `${unknownPaths.join(", ")} never existed in the history`;
      return { kind: "unknown", reason: "path-never-existed", text, cause: causeNamed("path", unknownPaths[0]!) };
    }
    const relevant = commits.filter((commit) => !commit.paths.every((path) => isIgnored(path)));
    serving.push({ revision, servingKnown, undeployed: relevant });
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
