/** The chat that the configuration names: Slack by its token, else by its webhooks; undefined where it names neither. */

import type { Slack } from "@kintsugi/config/model";
import type { Chat } from "@kintsugi/ports/chat";
import { slackChat } from "./slack-chat.ts";
import { slackWebhooks } from "./slack-webhooks.ts";

type Parts = {
  /** Another address of Slack's Web API, such as a proxy's. */
  readonly slackUrl?: string | undefined;
  readonly fetch: typeof fetch;
  readonly now: () => number;
};

export function configuredChat({ token, webhooks }: Pick<Slack, "token" | "webhooks">, { slackUrl, fetch, now }: Parts): Chat | undefined {
  if (token !== undefined) return slackChat({ token, url: slackUrl, fetch, now });
  return Object.keys(webhooks).length === 0 ? undefined : slackWebhooks({ webhooks, fetch, now });
}
