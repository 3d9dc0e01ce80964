/** Where people are told: Slack, a terminal, a webhook. What is said is plain text; how it looks is the receiver's. */

export type ChatMessage = {
  /** Identifies the message for `find`. */
  readonly key: string;
  /** One line: state, severity, what, since when. */
  readonly headline: string;
  /** What is known, the most telling first. */
  readonly facts: readonly string[];
  /** What to do: one command, or numbered steps. A receiver may shorten the facts, never these. */
  readonly steps: readonly string[];
  /** In small print: the incident's key, the runbook, who has it. */
  readonly notes: readonly string[];
  /** The address of a runbook that the configuration names, which also stands in a note: a receiver may make a link of it, and of nothing else. */
  readonly runbook?: string;
  readonly tone: "critical" | "red" | "yellow" | "info" | "good";
  /** Calls everybody in the channel. */
  readonly mention: boolean;
  /** What a person may press, where the receiver has buttons. */
  readonly actions: readonly ChatAction[];
};

/** `value` comes back with the press, unchanged. */
export type ChatAction = { readonly name: string; readonly label: string; readonly value: string };

export type ChatRemark = {
  readonly key: string;
  readonly text: string;
  /** Shown in the channel too, not in the thread alone. */
  readonly isAloud: boolean;
  readonly mention: boolean;
};

/** `id` is the receiver's own name of the message. */
export type ChatAddress = { readonly channel: string; readonly id: string };

/**
 * A limit is a `wait-until` Failure; a channel that does not exist or a bad token needs-human, with `about` naming which; a message that is
 * gone or cannot be edited any more permanent; a time-out or server error transient (it may have worked).
 */
export type Chat = {
  /** Keeps the books of receivers apart: what was told on the terminal is not told in Slack. */
  readonly receiver: string;
  /** False where a message can only be posted, as by an incoming webhook: then changes worth telling are posts of their own. */
  readonly isEditable: boolean;
  post(channel: string, message: ChatMessage): Promise<ChatAddress>;
  update(address: ChatAddress, message: ChatMessage): Promise<void>;
  /** In the message's thread. */
  reply(address: ChatAddress, remark: ChatRemark): Promise<ChatAddress>;
  /** Looks a message up by its key, before a second try. `sinceMs`: not older than this. `within`: in this message's thread, not among the channel's own. */
  find(channel: string, key: string, sinceMs: number, within?: ChatAddress): Promise<ChatAddress | undefined>;
  /** What of this would be refused for good, each with its remedy; told at start. */
  problems(channels: readonly string[]): Promise<readonly string[]>;
};
