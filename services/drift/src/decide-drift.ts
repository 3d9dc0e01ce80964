/** Judges one service: what serves, against what was committed. Pure. */

import type { DriftService } from "@kintsugi/config/model";
import type { ServiceDrift } from "@kintsugi/events/drift";
import { nameSome } from "@kintsugi/events/name-some";
import type { Revision } from "@kintsugi/ports/deployments";
import type { Commit } from "@kintsugi/ports/history";
import { causeNamed } from "./cause-of.ts";
import { isSameSetting } from "./same-setting.ts";

type Setting = ServiceDrift["settings"][number];

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
      /** What could not be read: services that share it are told together. */
      readonly cause?: string;
    }
  /** The revisions that take traffic; none where nothing serves. */
  | { readonly kind: "serving"; readonly serving: readonly ServingFacts[] };

export type DriftFinding = "stale" | "settings" | "nothing-serves" | "traffic-split";

/** What was found, whatever it means. */
type Found = {
  /** What takes the traffic, and lacks the most where anything is lacking. */
  readonly revision?: Revision;
  readonly undeployed: readonly Commit[];
  /** Age of the oldest undeployed change. */
  readonly ageMs?: number;
  readonly settings: ServiceDrift["settings"];
};

export type DriftJudgement = Found & { readonly text: string } & (
    | { readonly verdict: "ok"; readonly reason: "up-to-date" | "within-deadline" }
    | {
        readonly verdict: "unknown";
        readonly reason: Extract<DriftFacts, { kind: "unknown" }>["reason"] | "serving-commit-unknown";
        readonly cause?: string;
      }
    | { readonly verdict: "finding"; readonly reason: DriftFinding }
  );

type Policy = Pick<DriftService, "deadlineMs" | "expect" | "name">;

/** Percent. */
const ALL = 100;
const nothing: Found = { undeployed: [], settings: [] };

export function decideDrift(facts: DriftFacts, service: Policy, nowMs: number): DriftJudgement {
  switch (facts.kind) {
    case "unknown": {
      const { kind: _kind, ...why } = facts;
      return { verdict: "unknown", ...why, ...nothing };
    }
    case "serving":
      return judgeServing(facts.serving, service, nowMs);
  }
}

function judgeServing(serving: readonly ServingFacts[], service: Policy, nowMs: number): DriftJudgement {
  if (serving.length === 0)
    return { verdict: "finding", reason: "nothing-serves", text: `no revision of ${service.name} takes any traffic`, ...nothing };
  const strange = serving.filter(({ servingKnown }) => !servingKnown);
  const blind = strange.find(({ revision }) => revision.traffic >= ALL);
  if (blind !== undefined) {
    const cause = causeNamed("commit", blind.revision.commit);
    return { verdict: "unknown", reason: "serving-commit-unknown", text: unknownCommits(strange), cause, ...nothing };
  }
  const aside = strange.length === 0 ? "" : `; ${unknownCommits(strange)}`;
  const known = serving.filter(({ servingKnown }) => servingKnown);
  const [stalest] = known.filter(({ undeployed }) => undeployed.length > 0).sort((a, b) => b.undeployed.length - a.undeployed.length);
  const undeployed = stalest?.undeployed ?? [];
  const ageMs = undeployed.length === 0 ? undefined : ageOf(undeployed, nowMs);
  const found = {
    revision: (stalest ?? serving[0]!).revision,
    undeployed,
    settings: wrongSettings(serving, service.expect),
    ...(ageMs === undefined ? {} : { ageMs }),
  };
  const isLate = ageMs !== undefined && ageMs >= service.deadlineMs;
  if (stalest !== undefined && isLate) return { verdict: "finding", reason: "stale", text: `${lacking(stalest)}${aside}`, ...found };
  if (!known.some(({ revision }) => revision.traffic >= ALL))
    return {
      verdict: "finding",
      reason: "traffic-split",
      text: `no single revision takes all traffic: ${shares(serving)}${aside}`,
      ...found,
    };
  if (found.settings.length > 0) return { verdict: "finding", reason: "settings", text: settingsText(found.settings), ...found };
  if (undeployed.length > 0)
    return { verdict: "ok", reason: "within-deadline", text: `${undeployed.length} undeployed, within the deadline`, ...found };
  return { verdict: "ok", reason: "up-to-date", text: `${serving[0]!.revision.name} is up to date`, ...found };
}

function lacking({ revision, undeployed }: ServingFacts): string {
  const changes = undeployed.length === 1 ? "change" : "changes";
  return `${revision.name} serves ${revision.commit} and lacks ${undeployed.length} ${changes}`;
}

function shares(serving: readonly ServingFacts[]): string {
  return nameSome(serving.map(({ revision }) => `${revision.name} ${revision.traffic} %`));
}

/** A commit of the future has been missing for no time yet, and not for less. */
function ageOf(undeployed: readonly Commit[], nowMs: number): number {
  return Math.max(0, nowMs - Math.min(...undeployed.map(({ arrivedMs }) => arrivedMs)));
}

function unknownCommits(strange: readonly ServingFacts[]): string {
  return strange
    .map(
      ({ revision: { name, commit } }) =>
        `${name} serves ${commit}, ${isId(commit) ? "which the history does not hold" : "which is neither a commit's id nor a tag"}`,
    )
    .join("; ");
}

/** Of seven digits or more, as git takes it. */
function isId(commit: string): boolean {
  return /^[0-9a-f]{7,64}$/i.test(commit);
}

/** Of several revisions the first one with a wrong setting is shown. */
function wrongSettings(serving: readonly ServingFacts[], expect: DriftService["expect"]): ServiceDrift["settings"] {
  return Object.entries(expect).flatMap(([name, expected]) => {
    const found = serving.map(({ revision }) => (revision.settings?.[name] ?? null) as Setting["actual"]);
    const actual = found.find((value) => !isSameSetting(value, expected));
    return actual === undefined ? [] : [{ name, expected, actual }];
  });
}

export function settingsText(settings: ServiceDrift["settings"]): string {
  return nameSome(settings.map(({ name, expected, actual }) => `${name} is ${shown(actual)} (expected ${shown(expected)})`));
}

function shown(value: Setting["actual"]): string {
  if (value === null) return "not set";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
