/** Calls of Slack's Web API: each waits for its turn, the client is made with the first one, and what fails is a failure with its class. */

import type { WebClient } from "@slack/web-api";
import { limitMs, rateLimited, slackFailure } from "./slack-failure.ts";
import { type PaceTime, slackPace } from "./slack-pace.ts";

export type CallSlack = (method: string, body: Readonly<Record<string, unknown>>) => Promise<unknown>;

export type SlackCalls = {
  readonly call: CallSlack;
  /** What Slack's own clock shows at this time of ours, epoch ms, as far as its answers have told; else the same time. */
  readonly slackTime: (ms: number) => number;
};

type Options = PaceTime & {
  readonly token: string;
  readonly url: string | undefined;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  /** The name of a channel as people write it. */
  readonly nameOf: (channel: string) => string;
};

const TIMEOUT_MS = 10_000;

export function slackCalls({ token, url, fetch, now, nameOf, ...time }: Options): SlackCalls {
  const pace = slackPace(time);
  let client: Promise<WebClient> | undefined;
  let aheadMs = 0;

  const listening: typeof fetch = async (...request) => {
    const response = await fetch(...request);
    const sentMs = Date.parse(response.headers.get("date") ?? "");
    if (!Number.isNaN(sentMs)) aheadMs = sentMs - now();
    return response;
  };

  const connect = async (): Promise<WebClient> => {
    const { LogLevel, WebClient: Client } = await import("./slack-client.ts");
    return new Client(token, {
      // It would write what it sends; our log says what failed.
      logLevel: LogLevel.ERROR,
      ...(url === undefined ? {} : { slackApiUrl: url }),
      fetch: listening,
      rejectRateLimitedCalls: true,
      retryConfig: { retries: 0 },
      timeout: TIMEOUT_MS,
    });
  };

  async function call(method: string, body: Readonly<Record<string, unknown>>): Promise<unknown> {
    const channel = typeof body["channel"] === "string" ? nameOf(body["channel"]) : undefined;
    const waitMs = await pace.turn(method, channel);
    if (waitMs > 0) throw rateLimited(`${method} waits for its turn`, now() + waitMs);
    client ??= connect();
    try {
      return await (await client).apiCall(method, { ...body });
    } catch (error) {
      const limitedMs = limitMs(error);
      if (limitedMs !== undefined) pace.hold(method, limitedMs);
      throw slackFailure(error, { channel, nowMs: now() });
    }
  }

  return { call, slackTime: (ms) => ms + aheadMs };
}
