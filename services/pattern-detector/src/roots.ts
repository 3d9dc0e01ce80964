/** Which open incident explains which: a broken phase explains its broken downstream phases. Pure. */

import type { Config } from "@kintsugi/config/model";
import type { Incident } from "./incident.ts";

type Graph = Pick<Config, "phases" | "gates">;

/** The key of the incident furthest upstream that explains this one. */
export function rootOf(incident: Incident, open: ReadonlyMap<string, Incident>, config: Graph): string | undefined {
  const candidates = explainersOf(incident.key, config).filter((key) => {
    const upstream = open.get(key);
    return upstream !== undefined && upstream.severity !== "info";
  });
  const [root] = candidates.sort((a, b) => rank(a, config) - rank(b, config));
  if (root === undefined) return undefined;
  return incident.key.startsWith("gate:") ? (rootOf(open.get(root)!, open, config) ?? root) : root;
}

function explainersOf(key: string, config: Graph): string[] {
  if (key.startsWith("gate:"))
    return (config.gates.find(({ name }) => `gate:${name}` === key)?.checks ?? []).map((check) => `canary:${check}`);
  const phase = config.phases.find(({ checks }) => checks.some((check) => `canary:${check.phase}.${check.name}` === key));
  if (phase === undefined) return [];
  const upstream = ancestors(phase.name, config);
  return config.phases
    .filter(({ name }) => upstream.has(name))
    .flatMap(({ checks }) => checks.map((check) => `canary:${check.phase}.${check.name}`));
}

function ancestors(name: string, config: Graph): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [...(config.phases.find((phase) => phase.name === name)?.after ?? [])];
  while (waiting.length > 0) {
    const next = waiting.pop()!;
    if (found.has(next)) continue;
    found.add(next);
    waiting.push(...(config.phases.find((phase) => phase.name === next)?.after ?? []));
  }
  return found;
}

/** Depth in the graph first, then the order of the file. */
function rank(key: string, config: Graph): number {
  const checks = config.phases.flatMap((phase) => phase.checks);
  const index = checks.findIndex((check) => `canary:${check.phase}.${check.name}` === key);
  return ancestors(checks[index]?.phase ?? "", config).size * 100_000 + index;
}

/** Phase order, so that a run's verdicts are applied from upstream down. */
export function explain(incidents: ReadonlyMap<string, Incident>, config: Graph): ReadonlyMap<string, Incident> {
  const open = new Map([...incidents].filter(([, { state }]) => state === "open"));
  const roots = new Map([...open].map(([key, incident]) => [key, rootOf(incident, open, config)]));
  const explainedBy = Map.groupBy([...open.keys()], (key) => roots.get(key));
  const explained = new Map<string, Incident>();
  for (const [key, incident] of incidents) {
    if (incident.state !== "open") {
      explained.set(key, { ...incident, post: incident.told });
      continue;
    }
    const { root: _before, ...rest } = incident;
    const root = roots.get(key);
    const explains = (explainedBy.get(key) ?? []).sort();
    explained.set(key, {
      ...rest,
      ...(root === undefined ? {} : { root }),
      explains,
      post: root === undefined && incident.severity !== "info",
    });
  }
  return explained;
}
