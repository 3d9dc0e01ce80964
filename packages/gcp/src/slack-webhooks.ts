/** Chat over Slack's incoming webhooks, where there is no token: messages are posted, never edited, and never looked up. */

import type { Chat } from "@kintsugi/ports/chat";
import { Failure } from "@kintsugi/ports/failure";
import { slackBody, slackRemark } from "./slack-blocks.ts";
import { webhookFailure } from "./webhook-failure.ts";

export type SlackWebhooks = {
  /** From the name of a channel, such as `#alerts`, to the address that posts to it: a secret, which stands in no failure. */
  readonly webhooks: Readonly<Record<string, string>>;
  readonly fetch: typeof fetch;
  readonly now: () => number;
};

type Answer = { readonly status: number; readonly retryAfter: string | null; readonly said: string };

const TIMEOUT_MS = 10_000;
/** No address in a message is looked up and shown. */
const PLAIN = { unfurl_links: false, unfurl_media: false };
/** Slack's refusals are single words. */
const MAX_SAID = 100;

export function slackWebhooks({ webhooks, fetch, now }: SlackWebhooks): Chat {
  async function send(channel: string, body: object): Promise<Answer> {
    const url = webhooks[channel];
    const problem = problemOf(url);
    if (url === undefined || problem !== undefined)
      throw new Failure("needs-human", `slack: ${channel}: ${problem}`, { about: `slack ${channel}` });
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const headers = { "content-type": "application/json; charset=utf-8" };
    try {
      const response = await fetch(url, {
        method: "POST",
        headers,
        body: JSON.stringify({ ...body, ...PLAIN }),
        redirect: "manual",
        signal,
      });
      const said = (await response.text()).slice(0, MAX_SAID);
      return { status: response.status, retryAfter: response.headers.get("retry-after"), said };
    } catch (error) {
      // What the error says may hold the address.
      throw new Failure("transient", `slack: the webhook of ${channel} does not answer (${codeOf(error)})`, { about: "slack" });
    }
  }

  async function post(channel: string, body: { readonly text: string; readonly blocks?: readonly object[] }): Promise<void> {
    const answered = await send(channel, body);
    if (answered.status >= 200 && answered.status < 300) return;
    if (answered.status === 400 && body.blocks !== undefined) return await post(channel, { text: body.text });
    throw webhookFailure(answered, { channel, nowMs: now() });
  }

  return {
    receiver: "slack",
    isEditable: false,
    async post(channel, message) {
      // A message that never changes would keep its buttons for ever.
      await post(channel, slackBody({ ...message, actions: [] }));
      return { channel, id: message.key };
    },
    update: ({ channel }) =>
      Promise.reject(new Failure("permanent", `slack: a message that a webhook posted to ${channel} cannot be edited`)),
    async reply({ channel }, remark) {
      await post(channel, { text: slackRemark(remark) });
      return { channel, id: remark.key };
    },
    find: async () => undefined,
    async problems(channels) {
      return [...new Set(channels)].flatMap((channel) => {
        const problem = problemOf(webhooks[channel]);
        return problem === undefined ? [] : [`${channel}: ${problem}`];
      });
    },
  };
}

function problemOf(url: string | undefined): string | undefined {
  if (url === undefined) return "there is no webhook for it: give its address under slack.webhooks, or a slack.token";
  return /^https?:$/.test(URL.parse(url)?.protocol ?? "") ? undefined : "its address under slack.webhooks is no https address";
}

function codeOf(error: unknown): string {
  const { name, cause } = error as { name?: string; cause?: { code?: unknown } };
  return typeof cause?.code === "string" ? cause.code : (name ?? "unknown");
}
