/** What stands before what in the pipeline, by the keys of incidents. Derived from the configuration once. Pure. */

import type { Config } from "@kintsugi/config/model";
import { type Subject, subjectKey } from "@kintsugi/events/subject";

export type Graph = {
  /** Keys of the checks whose failure explains a failure of this subject, the one furthest upstream first. */
  upstreamOf(subject: Subject): readonly string[];
  /** Between two runs of what looks at checks. */
  readonly runMs: number;
};

export function graphOf(config: Pick<Config, "phases" | "gates" | "schedules">): Graph {
  const { phases, gates } = config;
  const above = new Map(phases.map(({ name }) => [name, ancestorsOf(name, phases)]));
  const checks = phases.flatMap((phase) => phase.checks);
  const ordered = checks
    .map(({ phase, name: check }, index) => ({ phase, name: `${phase}.${check}`, key: subjectKey({ kind: "check", phase, check }), index }))
    .sort((a, b) => above.get(a.phase)!.size - above.get(b.phase)!.size || a.index - b.index);
  const phaseOf = new Map(ordered.map(({ key, phase }) => [key, phase]));
  const named = new Map(ordered.map(({ key, name }) => [name, key]));
  const gated = new Map(gates.map((gate) => [gate.name, new Set(gate.checks.map((check) => named.get(check)))]));

  return {
    runMs: config.schedules.canary,
    upstreamOf(subject) {
      if (subject.kind === "gate") {
        const listed = gated.get(subject.gate);
        return ordered.flatMap(({ key }) => (listed?.has(key) === true ? [key] : []));
      }
      if (subject.kind !== "check") return [];
      const upstream = above.get(phaseOf.get(subjectKey(subject)) ?? "");
      return ordered.flatMap(({ key, phase }) => (upstream?.has(phase) === true ? [key] : []));
    },
  };
}

function ancestorsOf(name: string, phases: Config["phases"]): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [...(phases.find((phase) => phase.name === name)?.after ?? [])];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    waiting.push(...(phases.find((phase) => phase.name === next)?.after ?? []));
  }
  return found;
}
