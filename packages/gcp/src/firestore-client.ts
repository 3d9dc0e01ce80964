/** Firestore's client: the one that sends what it is given, since the higher one cannot replace a document on condition, nor end a call. */

import firestore from "@google-cloud/firestore";
import type { v1 } from "@google-cloud/firestore";
import { channelOptions } from "./grpc-calls.ts";

export type FirestoreClient = InstanceType<typeof v1.FirestoreClient>;

export type ConnectedFirestore = { readonly client: FirestoreClient; readonly headers: Readonly<Record<string, string>> };

/** @param database its full name */
export async function connectFirestore(database: string): Promise<ConnectedFirestore> {
  const headers = { "google-cloud-resource-prefix": database };
  // The variable that all of Google's clients know.
  const host = process.env["FIRESTORE_EMULATOR_HOST"];
  if (host === undefined) return { client: new firestore.v1.FirestoreClient({ ...channelOptions }), headers };
  const { emulatorOptions } = await import("./pubsub-client.ts");
  const options = { ...(await emulatorOptions(host)), ...channelOptions };
  return { client: new firestore.v1.FirestoreClient(options), headers: { ...headers, Authorization: "Bearer owner" } };
}
