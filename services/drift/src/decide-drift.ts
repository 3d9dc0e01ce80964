/** Judges one service: what serves, against what was committed. Pure. */

import type { DriftService } from "@kintsugi/config/model";
import type { ServiceDrift } from "@kintsugi/events/drift";
import type { Revision } from "@kintsugi/ports/deployments";
import type { Commit } from "@kintsugi/ports/history";

export type ServingFacts = {
  readonly revision: Revision;
  readonly servingKnown: boolean;
  /** Relevant commits that it does not hold, newest first. */
  readonly undeployed: readonly Commit[];
};

export type DriftFacts =
  | {
      readonly kind: "unknown";
      readonly reason: "service-not-found" | "path-never-existed" | "history-unreadable" | "deployments-unreadable";
      readonly text: string;
    }
  /** The revisions that take traffic; none where nothing serves. */
  | { readonly kind: "serving"; readonly serving: readonly ServingFacts[] };

export type DriftJudgement = Pick<ServiceDrift, "verdict" | "reason" | "text" | "undeployed_count" | "settings"> & {
  readonly undeployed: readonly Commit[];
  readonly ageMs?: number;
};

/** Percent. */
const ALL = 100;

export function decideDrift(
  facts: DriftFacts,
  service: Pick<DriftService, "deadlineMs" | "expect" | "name">,
  nowMs: number,
): DriftJudgement {
  const nothing = { undeployed: [], undeployed_count: 0, settings: [] };
  if (facts.kind === "unknown") return { verdict: "unknown", reason: facts.reason, text: facts.text, ...nothing };
  const { serving } = facts;
  if (serving.length === 0)
    return { verdict: "finding", reason: "nothing-serves", text: `no revision of ${service.name} takes any traffic`, ...nothing };
  const strange = serving.filter(({ servingKnown }) => !servingKnown);
  if (strange.some(({ revision }) => revision.traffic >= ALL))
    return { verdict: "unknown", reason: "serving-commit-unknown", text: unknownCommits(strange), ...nothing };
  const known = serving.filter(({ servingKnown }) => servingKnown);
  const aside = strange.length === 0 ? "" : `; ${unknownCommits(strange)}`;
  const stale = known.filter(({ undeployed }) => undeployed.length > 0).sort((a, b) => b.undeployed.length - a.undeployed.length);
  const settings = wrongSettings(serving, service.expect);
  const undeployed = stale[0]?.undeployed ?? [];
  const ageMs = undeployed.length === 0 ? undefined : ageOf(undeployed, nowMs);
  const found = { undeployed, undeployed_count: undeployed.length, settings, ...(ageMs === undefined ? {} : { ageMs }) };
  const revision = stale[0]?.revision;
  if (revision !== undefined && ageMs! >= service.deadlineMs) {
    return {
      verdict: "finding",
      reason: "stale",
      text: `${revision.name} serves ${revision.commit} and lacks ${undeployed.length} ${undeployed.length === 1 ? "change" : "changes"}${aside}`,
      ...found,
    };
  }
  const share = known
    .filter(({ undeployed: missing }) => missing.length === 0 || ageMs! < service.deadlineMs)
    .map(({ revision: { traffic } }) => traffic);
  if (Math.max(0, ...share) < ALL)
    return {
      verdict: "finding",
      reason: "traffic-split",
      text: `no single revision takes all traffic: ${serving.map((one) => `${one.revision.name} ${one.revision.traffic} %`).join(", ")}${aside}`,
      ...found,
    };
  if (settings.length > 0)
    return {
      verdict: "finding",
      reason: "settings",
      text: settings.map(({ name, expected, actual }) => `${name} is ${show(actual)}, expected ${show(expected)}`).join("; "),
      ...found,
    };
  if (undeployed.length > 0)
    return { verdict: "ok", reason: "within-deadline", text: `${undeployed.length} undeployed, within the deadline`, ...found };
  return { verdict: "ok", reason: "up-to-date", text: `${serving[0]!.revision.name} is up to date`, ...found };
}

/** A commit of the future has been missing for no time yet, and not for less. */
function ageOf(undeployed: readonly Commit[], nowMs: number): number {
  return Math.max(0, nowMs - Math.min(...undeployed.map(({ committedMs }) => committedMs)));
}

function unknownCommits(strange: readonly ServingFacts[]): string {
  return strange.map(({ revision }) => `${revision.name} serves commit ${revision.commit}, which the history does not hold`).join("; ");
}

function wrongSettings(serving: readonly ServingFacts[], expect: DriftService["expect"]): ServiceDrift["settings"] {
  const wrong: ServiceDrift["settings"] = [];
  for (const [name, expected] of Object.entries(expect)) {
    for (const { revision } of serving) {
      const actual = (revision.settings?.[name] ?? null) as ServiceDrift["settings"][number]["actual"];
      if (actual !== expected && !wrong.some((setting) => setting.name === name)) wrong.push({ name, expected, actual });
    }
  }
  return wrong;
}

function show(value: unknown): string {
  return value === null ? "not set" : String(value);
}
