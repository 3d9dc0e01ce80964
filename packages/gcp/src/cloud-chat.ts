/** Slack, as the configuration names it. Without it each message fails and says what to configure. */

import type { Chat } from "@kintsugi/ports/chat";
import { type CloudConfig, type CloudProcess, missing } from "./cloud-ports.ts";
import { configuredChat } from "./configured-chat.ts";

export function cloudChat({ slack }: CloudConfig, { slackUrl, fetch, clock }: CloudProcess): Chat {
  return configuredChat(slack, { slackUrl, fetch, now: clock.now }) ?? noChat;
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
