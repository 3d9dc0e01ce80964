/** Calls of Slack's Web API: the client is made with the first one, and what fails is a failure with its class. */

import type { WebClient } from "@slack/web-api";
import { slackFailure } from "./slack-failure.ts";

export type CallSlack = (method: string, body: Readonly<Record<string, unknown>>) => Promise<unknown>;

type Options = {
  readonly token: string;
  readonly url: string | undefined;
  readonly now: () => number;
  /** The name of a channel as people write it. */
  readonly nameOf: (channel: string) => string;
};

const TIMEOUT_MS = 10_000;

export function slackCalls({ token, url, now, nameOf }: Options): CallSlack {
  let client: Promise<WebClient> | undefined;
  const connect = async (): Promise<WebClient> => {
    const { LogLevel, WebClient: Client } = await import("./slack-client.ts");
    return new Client(token, {
      // It would write what it sends; our log says what failed.
      logLevel: LogLevel.ERROR,
      ...(url === undefined ? {} : { slackApiUrl: url }),
      rejectRateLimitedCalls: true,
      retryConfig: { retries: 0 },
      timeout: TIMEOUT_MS,
    });
  };

  return async function call(method, body) {
    client ??= connect();
    try {
      return await (await client).apiCall(method, { ...body });
    } catch (error) {
      const channel = typeof body["channel"] === "string" ? nameOf(body["channel"]) : undefined;
      throw slackFailure(error, { channel, nowMs: now() });
    }
  };
}
