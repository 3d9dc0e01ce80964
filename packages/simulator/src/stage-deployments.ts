/** The scenario's revisions, and how a deployment moves the traffic. */

import type { Deployments, Revision } from "@kintsugi/ports/deployments";

export type StageDeployments = { readonly deployments: Deployments; deploy(service: string, revision: Revision): void };

export function stageDeployments(): StageDeployments {
  const services = new Map<string, Revision[]>();
  return {
    deployments: {
      revisions: async (service) => services.get(service)?.map((revision) => ({ ...revision })),
      services: async () => [...services].flatMap(([name, revisions]) => (revisions.some(({ traffic }) => traffic > 0) ? [name] : [])),
    },
    deploy(service, revision) {
      const others = (services.get(service) ?? []).filter(({ name }) => name !== revision.name);
      const kept = revision.traffic === 100 ? others.map((other) => ({ ...other, traffic: 0 })) : others;
      services.set(service, [...kept, revision]);
    },
  };
}
