/** The chat as the notifier uses it: a message that was accepted is tried until it is delivered. */

import type { Chat } from "@kintsugi/ports/chat";
import { Failure } from "@kintsugi/ports/failure";

/** What a person must mend first, such as a token or a channel, makes a message wait instead of losing it: it is told once that is mended. */
export function patientChat(chat: Chat): Chat {
  return {
    post: (...call) => waiting(() => chat.post(...call)),
    update: (...call) => waiting(() => chat.update(...call)),
    reply: (...call) => waiting(() => chat.reply(...call)),
    find: (...call) => waiting(() => chat.find(...call)),
  };
}

async function waiting<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Failure && error.failure === "needs-human") throw new Failure("transient", error.message, { cause: error });
    throw error;
  }
}
