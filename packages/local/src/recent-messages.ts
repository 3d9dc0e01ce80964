/** The messages that were published last, so that they are handed over as they came, and not read and parsed again for each subscription. */

import type { Message } from "@kintsugi/ports/bus";

type Content = Pick<Message, "attributes" | "data">;

export type RecentMessages = {
  /** @param id of the message, never used twice: what a rollback has undone is never asked for */
  keep(id: string, content: Content): void;
  find(id: string): Content | undefined;
};

/** @param maxBytes of data; the oldest go first */
export function recentMessages(maxBytes: number): RecentMessages {
  const kept = new Map<string, Content>();
  let bytes = 0;
  return {
    keep(id, content) {
      kept.set(id, content);
      bytes += content.data.length;
      for (const [oldest, { data }] of kept) {
        if (bytes <= maxBytes) break;
        kept.delete(oldest);
        bytes -= data.length;
      }
    },
    find: (id) => kept.get(id),
  };
}
