/** All ports on Google Cloud, as the configuration names them. Nothing is connected before its first use. */

import { Failure } from "@kintsugi/ports/failure";
import type { Ports } from "@kintsugi/ports/ports";
import { bigqueryLedger } from "./bigquery-ledger.ts";
import { bigqueryWarehouse } from "./bigquery-warehouse.ts";
import type { CloudEnvironment } from "./cloud-environment.ts";
import { firestoreDocuments } from "./firestore-documents.ts";
import { pubsubBus } from "./pubsub-bus.ts";
import { slackChat } from "./slack-chat.ts";

/** The part of the configuration that says where things are. */
export type CloudPlace = {
  readonly runtime:
    | { readonly kind: "gcp"; readonly project: string; readonly region: string; readonly dataset: string }
    | { readonly kind: "local" };
  readonly warehouse?:
    | { readonly kind: "bigquery"; readonly project: string; readonly location: string; readonly maxBytes: number }
    | { readonly kind: "duckdb" };
  readonly slack: { readonly token?: string };
};

/** The ledger's own queries look at one partition of two tables. */
const LEDGER_MAX_BYTES = 10 * 1024 ** 3;

/** @throws a needs-human Failure for a configuration that is not meant for the cloud */
export function cloudPorts(
  { runtime, warehouse, slack }: CloudPlace,
  { slackUrl }: Pick<CloudEnvironment, "slackUrl">,
  now: () => number,
): Ports {
  if (runtime.kind !== "gcp")
    throw new Failure("needs-human", "the configuration has no runtime.gcp: give its project, region and dataset");
  const { project, region, dataset } = runtime;
  const bus = pubsubBus({ project });
  const location = warehouse?.kind === "bigquery" ? warehouse.location : region;
  return {
    clock: { now },
    bus,
    documents: firestoreDocuments({ project, bus }),
    warehouse:
      warehouse?.kind === "bigquery" ? bigqueryWarehouse(warehouse) : { dialect: "bigquery", query: () => missing("warehouse.bigquery") },
    ledger: bigqueryLedger({ project, location, maxBytes: LEDGER_MAX_BYTES, dataset, key: "event_key" }),
    chat:
      slack.token === undefined
        ? {
            post: () => missing("slack.token"),
            update: () => missing("slack.token"),
            reply: () => missing("slack.token"),
            find: () => missing("slack.token"),
          }
        : slackChat({ token: slack.token, ...(slackUrl === undefined ? {} : { url: slackUrl }) }),
    deployments: { revisions: () => Promise.reject(new Failure("permanent", "revisions are not read from Cloud Run yet")) },
    history: { tip: noHistory, undeployed: noHistory },
  };
}

function noHistory(): Promise<never> {
  return Promise.reject(new Failure("permanent", "commits are not read from GitHub yet"));
}

function missing(key: string): Promise<never> {
  return Promise.reject(new Failure("needs-human", `${key} is not configured`));
}
