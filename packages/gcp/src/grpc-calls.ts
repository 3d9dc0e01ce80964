/** How Google's gRPC services are called: each call ends at its deadline, and the clients' own retries, which last minutes, are off. */

import { Failure } from "@kintsugi/ports/failure";
import { withDeadline } from "./deadline.ts";

/** A connection that was closed while idle is the one failure that is cheaper to repeat here than to bring back by the bus. */
const SERVICE_CONFIG = JSON.stringify({
  methodConfig: [
    {
      name: [{}],
      retryPolicy: {
        maxAttempts: 3,
        initialBackoff: "0.05s",
        maxBackoff: "0.5s",
        backoffMultiplier: 2,
        retryableStatusCodes: ["UNAVAILABLE"],
      },
    },
  ],
});

export const channelOptions = {
  "grpc.service_config": SERVICE_CONFIG,
  // A service that was away for an hour is found again within seconds, not minutes.
  "grpc.initial_reconnect_backoff_ms": 200,
  "grpc.max_reconnect_backoff_ms": 5_000,
  // A new client has a new connection.
  "grpc.use_local_subchannel_pool": 1,
} as const;

export type CallOptions = {
  readonly timeout: number;
  readonly retry: { readonly retryCodes: number[] };
  readonly retryRequestOptions: object;
  readonly otherArgs: { readonly headers: Readonly<Record<string, string>> };
};

/** Streams have retries of their own, with pauses of seconds. */
const NO_STREAM_RETRIES = { retries: 0, noResponseRetries: 0 };

/** Made for each call: the clients write into it. */
export function callOptions(deadlineMs: number, headers: Readonly<Record<string, string>> = {}): CallOptions {
  return {
    timeout: deadlineMs,
    retry: { retryCodes: [] },
    retryRequestOptions: { ...NO_STREAM_RETRIES },
    otherArgs: { headers: { ...headers } },
  };
}

const DEADLINE_EXCEEDED = 4;

export type Caller<Client> = <T>(run: (client: Client) => Promise<T>) => Promise<T>;

/**
 * The client is made with the first call, and anew after a call that was not answered: a connection whose other end is gone without a word
 * would swallow all calls that follow.
 */
export function renewingCaller<Client>(connect: () => Promise<Client>, about: string, deadlineMs: number): Caller<Client> {
  let client: Promise<Client> | undefined;
  return async function call(run) {
    const used = (client ??= connect());
    try {
      return await withDeadline(
        used.then((connected) => run(connected)),
        about,
        deadlineMs,
      );
    } catch (error) {
      const isUnanswered = error instanceof Failure || (error as { code?: unknown }).code === DEADLINE_EXCEEDED;
      if (isUnanswered && client === used) client = undefined;
      throw error;
    }
  };
}
