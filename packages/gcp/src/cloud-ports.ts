/** All ports on Google Cloud, as the configuration names them. Nothing is connected before its first use. */

import type { Config } from "@kintsugi/config/model";
import type { FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import { fetchWebhook } from "@kintsugi/notify/fetch-webhook";
import type { Chat } from "@kintsugi/ports/chat";
import { Failure } from "@kintsugi/ports/failure";
import type { Ports } from "@kintsugi/ports/ports";
import type { Warehouse } from "@kintsugi/ports/warehouse";
import { bigqueryLedger } from "./bigquery-ledger.ts";
import { bigqueryWarehouse } from "./bigquery-warehouse.ts";
import type { CloudEnvironment } from "./cloud-environment.ts";
import { configuredChat } from "./configured-chat.ts";
import { DEADLINE_MS } from "./deadline.ts";
import { firestoreDocuments } from "./firestore-documents.ts";
import { pubsubBus } from "./pubsub-bus.ts";

/** What the process itself brings along. */
export type CloudProcess = Pick<CloudEnvironment, "slackUrl"> & {
  readonly clock: Ports["clock"];
  readonly fetch: typeof fetch;
  readonly deadlines: Deadlines;
};

/** Of one call out, and of one statement over the user's tables. */
export type Deadlines = { readonly callMs: number; readonly queryMs: number };

/** A function that is asked by others answers before they give up, at 10 s; one that runs by itself lets a large table take its time. */
export function deadlinesOf({ routes }: Pick<FunctionDeclaration, "routes">): Deadlines {
  return routes === undefined ? { callMs: DEADLINE_MS, queryMs: 25_000 } : { callMs: 4_000, queryMs: 6_000 };
}

/** The ledger's own queries look at one partition of two tables. */
const LEDGER_MAX_BYTES = 10 * 1024 ** 3;

/** @throws a needs-human Failure for a configuration that is not meant for the cloud */
export function cloudPorts(config: Pick<Config, "runtime" | "warehouse" | "slack">, cloudProcess: CloudProcess): Ports {
  const { runtime, warehouse, slack } = config;
  const { slackUrl, clock, fetch, deadlines } = cloudProcess;
  if (runtime.kind !== "gcp")
    throw new Failure("needs-human", "the configuration has no runtime.gcp: give its project, region and dataset");
  const { project, region, dataset } = runtime;
  const deadlineMs = deadlines.callMs;
  const bus = pubsubBus({ project, deadlineMs });
  return {
    clock,
    bus,
    documents: firestoreDocuments({ project, bus, now: clock.now, deadlineMs }),
    warehouse: warehouse?.kind === "bigquery" ? bigqueryWarehouse({ ...warehouse, deadlineMs: deadlines.queryMs }) : noWarehouse,
    ledger: bigqueryLedger({ project, location: region, maxBytes: LEDGER_MAX_BYTES, dataset, key: "event_key", deadlineMs }),
    chat: configuredChat(slack, { slackUrl, fetch, now: clock.now }) ?? noChat,
    sendWebhook: fetchWebhook(fetch),
    deployments: { revisions: noDeployments, services: noDeployments },
    history: { tip: noHistory, undeployed: noHistory },
  };
}

const NO_SLACK = "slack.token is not configured, nor are slack.webhooks";
const noChat: Chat = {
  receiver: "slack",
  isEditable: true,
  post: () => missing(NO_SLACK, "slack"),
  update: () => missing(NO_SLACK, "slack"),
  reply: () => missing(NO_SLACK, "slack"),
  find: () => missing(NO_SLACK, "slack"),
  problems: async () => [`slack: ${NO_SLACK}: give one of them`],
};

const noWarehouse: Warehouse = { dialect: "bigquery", query: () => missing("warehouse.bigquery is not configured", "warehouse") };

function noDeployments(): Promise<never> {
  return Promise.reject(new Failure("permanent", "revisions are not read from Cloud Run yet", { about: "deployments" }));
}

function noHistory(): Promise<never> {
  return Promise.reject(new Failure("permanent", "commits are not read from GitHub yet", { about: "history" }));
}

function missing(words: string, about: string): Promise<never> {
  return Promise.reject(new Failure("needs-human", words, { about }));
}
