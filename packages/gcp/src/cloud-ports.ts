/** The ports of one function on Google Cloud, as the configuration names them. Nothing is connected before its first use. */

import type { Config } from "@kintsugi/config/model";
import type { Deadlines } from "@kintsugi/function-kit/deadlines";
import type { OwnPort } from "@kintsugi/function-kit/declaration";
import { Failure } from "@kintsugi/ports/failure";
import type { Ports } from "@kintsugi/ports/ports";
import type { CloudEnvironment } from "./cloud-environment.ts";
import { firestoreDocuments } from "./firestore-documents.ts";
import { pubsubBus } from "./pubsub-bus.ts";

export type CloudConfig = Pick<Config, "runtime" | "warehouse" | "slack">;

/** What the process itself brings along. */
export type CloudProcess = Pick<CloudEnvironment, "slackUrl"> & {
  readonly clock: Ports["clock"];
  readonly fetch: typeof fetch;
  readonly deadlines: Deadlines;
};

/** How a function's own ports are made. Its main.ts names them, so that a bundle holds no client that its function has no use for. */
export type CloudAdapters<Port extends OwnPort> = {
  readonly [Name in Port]: (config: CloudConfig, cloudProcess: CloudProcess) => Ports[Name];
};

export type CloudPorts<Port extends OwnPort> = Omit<Ports, Exclude<OwnPort, Port>>;

/** @throws a needs-human Failure for a configuration that is not meant for the cloud */
export function cloudPorts<Port extends OwnPort>(
  config: CloudConfig,
  cloudProcess: CloudProcess,
  adapters: CloudAdapters<Port>,
): CloudPorts<Port> {
  const { project } = googleRuntime(config);
  const { clock, deadlines } = cloudProcess;
  const bus = pubsubBus({ project, deadlineMs: deadlines.callMs });
  const documents = firestoreDocuments({ project, bus, now: clock.now, deadlineMs: deadlines.callMs });
  const made = Object.entries<(config: CloudConfig, cloudProcess: CloudProcess) => unknown>(adapters);
  const own = Object.fromEntries(made.map(([name, make]) => [name, make(config, cloudProcess)]));
  return { clock, bus, documents, ...own } as unknown as CloudPorts<Port>;
}

/** @throws a needs-human Failure for a configuration that is not meant for the cloud */
export function googleRuntime({ runtime }: Pick<Config, "runtime">): Extract<Config["runtime"], { kind: "gcp" }> {
  if (runtime.kind === "gcp") return runtime;
  throw new Failure("needs-human", "the configuration has no runtime.gcp: give its project, region and dataset");
}

export function missing(words: string, about: string): Promise<never> {
  return Promise.reject(new Failure("needs-human", words, { about }));
}
