/** A message for a chat: it is rendered by the chat itself, and called for where that was decided. */

import type { Chat, ChatMessage } from "@kintsugi/ports/chat";
import type { Wanted } from "./decide-delivery.ts";
import type { Receiver, Telling } from "./receiver.ts";

type Said = { readonly key: string; readonly channel: string; readonly message: ChatMessage; readonly wanted: Wanted };

export function chatReceiver(chat: Chat, notifier: string): Receiver {
  return { notifier, name: chat.receiver, manner: chat.isEditable ? "edits" : "posts-news", takesFirstVersion: true };
}

export function chatTelling(chat: Chat, receiver: Receiver, { key, channel, message, wanted }: Said): Telling {
  return {
    receiver,
    key,
    channel,
    wanted,
    calls: {
      post: ({ news, mention, key: callKey }) =>
        chat.post(channel, { ...message, key: callKey, mention, facts: [...news, ...message.facts] }),
      edit: (address) => chat.update(address, message),
      reply: async (address, remark) => void (await chat.reply(address, remark)),
      find: (callKey, sinceMs, within) => chat.find(channel, callKey, sinceMs, within),
    },
  };
}
