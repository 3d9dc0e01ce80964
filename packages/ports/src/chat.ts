/** Where people are told: Slack, or the terminal. */

import type { Json } from "./json.ts";

export type ChatMessage = {
  /** Plain text with Slack's mrkdwn; also what a notification shows. Already escaped and masked. */
  readonly text: string;
  /** Slack Block Kit blocks, within its limits. */
  readonly blocks?: readonly Json[];
  /** Identifies the message for `find`: the incident's key. */
  readonly key: string;
};

export type ChatAddress = { readonly channel: string; readonly ts: string };

/** A 429 is a `wait-until` Failure; a channel that does not exist or a bad token needs-human; a time-out or 5xx transient (it may have worked). */
export type Chat = {
  post(channel: string, message: ChatMessage): Promise<ChatAddress>;
  update(address: ChatAddress, message: ChatMessage): Promise<void>;
  /** Posts in the message's thread. */
  reply(address: ChatAddress, message: ChatMessage): Promise<ChatAddress>;
  /** Looks a message up by its key, before a second try. `sinceMs`: not older than this. `within`: in this message's thread, not among the channel's own. */
  find(channel: string, key: string, sinceMs: number, within?: ChatAddress): Promise<ChatAddress | undefined>;
};
