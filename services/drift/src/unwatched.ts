/** Services that run and stand in no configuration: told once, since what nobody watches may serve old code for ever. */

import type { Drift } from "@kintsugi/config/model";
import { Id } from "@kintsugi/events/fields";
import { nameSome } from "@kintsugi/events/name-some";
import type { Observation } from "@kintsugi/events/observation";
import { shorten } from "@kintsugi/events/shorten";
import type { Dependencies } from "@kintsugi/function-kit/declaration";
import { messageOf } from "@kintsugi/ports/failure";
import { causeOfFailure } from "./cause-of.ts";

/** Their names in order, or why they cannot be told. */
export type Unwatched = readonly string[] | { readonly failure: unknown };

const subject = { kind: "unwatched" } as const;
const MAX_FACT = 500;
const MAX_NAME = 200;
const MAX_TOLD = 100;

export async function findUnwatched(deployments: Dependencies["deployments"], { services }: Pick<Drift, "services">): Promise<Unwatched> {
  const watched = new Set(services.map(({ name }) => name));
  try {
    return (await deployments.services()).filter((name) => !watched.has(name)).sort();
  } catch (failure) {
    return { failure };
  }
}

/** For the ledger. */
export function namesOf(unwatched: Unwatched): string[] {
  return "failure" in unwatched ? [] : unwatched.slice(0, MAX_TOLD).map((name) => shorten(name, MAX_NAME));
}

export function observeUnwatched(unwatched: Unwatched): Observation {
  if ("failure" in unwatched) {
    const { failure } = unwatched;
    return {
      subject,
      verdict: "unknown",
      severity: "yellow",
      title: "the services that run cannot be listed",
      facts: [shorten(messageOf(failure), MAX_FACT)],
      next: ["kintsugi why unknown:drift:unwatched"],
      channel: "drift",
      cause: causeOfFailure(failure, "deployments"),
    };
  }
  if (unwatched.length === 0) return { subject, verdict: "ok" };
  return {
    subject,
    verdict: "finding",
    severity: "info",
    title: `${unwatched.length} service${unwatched.length === 1 ? " runs" : "s run"} that nobody watches`,
    facts: [shorten(nameSome(namesOf(unwatched)), MAX_FACT)],
    next: ["name under drift.services in kintsugi.yaml what is to be watched"],
    channel: "drift",
    targets: namesOf(unwatched).filter((name) => Id.safeParse(name).success),
  };
}
