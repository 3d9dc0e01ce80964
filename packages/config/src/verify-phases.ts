/** Finds phases and checks that are named and do not exist, circles of phases, and keys that two checks would share. */

import type { Path } from "./path.ts";
import type { Report } from "./problem.ts";
import { EVERY, type ValidSubset } from "./valid-subset.ts";

type Phases = NonNullable<ValidSubset["phases"]>;

export function verifyPhases({ phases }: ValidSubset, report: Report): void {
  const names = Object.keys(phases ?? {});
  const known = new Set(names);
  const before = new Map(names.map((name, index) => [name, names.slice(Math.max(0, index - 1), index)]));
  for (const name of names) {
    for (const [index, upstream] of (phases?.[name]?.after ?? []).entries())
      if (!known.has(upstream))
        report(["phases", name, "after", index], (text) => `there is no phase ${text}`, {
          allowed: names,
          needs: [["phases", upstream]],
        });
    verifyOrder({ phases: phases ?? {}, before }, name, report);
  }
  verifyKeys(phases ?? {}, report);
}

/** By default a phase comes after the one above it, which is not known if that one or its `after` was taken out. */
function verifyOrder(
  { phases, before }: { readonly phases: Phases; readonly before: ReadonlyMap<string, readonly string[]> },
  name: string,
  report: Report,
): void {
  const explicit = (phase: string): readonly string[] => phases[phase]?.after ?? [];
  const assumed = (phase: string): readonly string[] => phases[phase]?.after ?? before.get(phase) ?? [];
  const upstream = upstreamOf(name, assumed);
  if (!upstream.has(name)) return;
  const needs = [["phases", EVERY], ...[...upstream].map((phase) => ["phases", phase, "after"])];
  report(["phases", name], (phase) => `${phase} comes after itself`, {
    offending: name,
    needs: upstreamOf(name, explicit).has(name) ? [] : needs,
  });
}

function upstreamOf(name: string, after: (phase: string) => readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const waiting = [...after(name)];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    waiting.push(...after(next));
  }
  return seen;
}

/** An incident's key is `canary:<phase>.<check>`, and both names may have dots. */
function verifyKeys(phases: Phases, report: Report): void {
  const owners = new Map<string, string>();
  for (const [phase, given] of Object.entries(phases)) {
    for (const check of Object.keys(given?.checks ?? {})) {
      const key = `${phase}.${check}`;
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, `${check} of ${phase}`);
      else
        report(["phases", phase, "checks", check], (name) => `${name} of ${phase} and ${owner} would share the key canary:${key}`, {
          offending: check,
          at: "key",
        });
    }
  }
}

export function verifyGates({ gates, phases }: ValidSubset, report: Report): void {
  const names = Object.keys(phases ?? {});
  const checks = names.flatMap((phase) => Object.keys(phases?.[phase]?.checks ?? {}).map((check) => `${phase}.${check}`));
  for (const [name, gate] of Object.entries(gates ?? {})) {
    const { before, checks: listed = [] } = gate;
    if (before !== undefined && !names.includes(before))
      report(["gates", name, "before"], (text) => `there is no phase ${text}`, { allowed: names, needs: [["phases", before]] });
    for (const [index, check] of listed.entries()) {
      const path = ["gates", name, "checks", index];
      if (!checks.includes(check)) report(path, (text) => `there is no check ${text}`, { allowed: checks, needs: checkPaths(check) });
      else if (listed.indexOf(check) !== index) report(path, (text) => `${text} stands twice`);
    }
  }
}

/** Where a check may stand: each dot may be the one between the names. */
function checkPaths(name: string): readonly Path[] {
  return [...name.matchAll(/\./g)].map(({ index }) => ["phases", name.slice(0, index), "checks", name.slice(index + 1)]);
}
