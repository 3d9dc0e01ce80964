/** Who is told, and how one message reaches them. */

import type { ChatAddress, ChatRemark } from "@kintsugi/ports/chat";
import type { Manner, Wanted } from "./decide-delivery.ts";

export type Receiver = {
  /** The function that tells. */
  readonly notifier: string;
  /** Such as `slack`, `terminal`, or a name under `receivers`. */
  readonly name: string;
  readonly manner: Manner;
  /** Whether what version 0.1.0 told was told to this one. */
  readonly takesFirstVersion: boolean;
};

/** One message for one receiver, as it should stand. */
export type Telling = {
  readonly receiver: Receiver;
  /** Of the incident, or of the day's repairs. */
  readonly key: string;
  readonly channel: string;
  readonly wanted: Wanted;
  readonly calls: Calls;
};

/** The ways to the receiver; failures have the classes of a chat's. */
export type Calls = {
  /** `news`: of a post about what was told before, what has happened since. */
  post(call: { readonly key: string; readonly mention: boolean; readonly news: readonly string[] }): Promise<ChatAddress>;
  edit(address: ChatAddress): Promise<void>;
  reply(address: ChatAddress, remark: ChatRemark): Promise<void>;
  find(key: string, sinceMs: number, within?: ChatAddress): Promise<ChatAddress | undefined>;
};
