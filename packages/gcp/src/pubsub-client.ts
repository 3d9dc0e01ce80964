/** Pub/Sub's clients behind a local name: a bundler loses the named exports of CommonJS packages in `import()`. */

import pubsub from "@google-cloud/pubsub";
import type { v1 } from "@google-cloud/pubsub";
import { channelOptions } from "./grpc-calls.ts";

/** The client that publishes what it is given, at once: the higher one gathers and repeats by itself. */
export async function connectPublisher(project: string): Promise<v1.PublisherClient> {
  const options: object = await new pubsub.PubSub({ projectId: project }).getClientConfig();
  return new pubsub.v1.PublisherClient({ ...options, ...channelOptions });
}

/** What makes a client of Google's talk to an emulator. */
export async function emulatorOptions(host: string): Promise<object> {
  return await new pubsub.PubSub({ projectId: "emulated", apiEndpoint: host, emulatorMode: true }).getClientConfig();
}
