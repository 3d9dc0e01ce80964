/** The one door through which a function's words leave it: no secret passes, whoever found the words. */

import type { Message } from "@kintsugi/ports/bus";
import type { Change, Documents, Write } from "@kintsugi/ports/documents";
import type { Log } from "./deliver-events.ts";
import { isSuspicious, maskJson, maskText } from "./mask.ts";

export function maskedLog(log: Log): Log {
  return (fact) => log(maskJson(fact));
}

export function maskedChange(change: Change): Change {
  return { ...change, writes: change.writes.map(maskedWrite), publish: change.publish.map(maskedMessage) };
}

/** What handlers store between their looks goes through the same door. */
export function maskedDocuments(documents: Documents): Documents {
  return {
    get: (collection, id) => documents.get(collection, id),
    getMany: (collection, ids) => documents.getMany(collection, ids),
    list: (collection, query) => documents.list(collection, query),
    commit: (change) => documents.commit(maskedChange(change)),
    flush: (outbox) => documents.flush(outbox),
    sweepOutbox: (untilMs) => documents.sweepOutbox(untilMs),
  };
}

function maskedWrite(write: Write): Write {
  return write.op === "delete" ? write : { ...write, data: maskJson(write.data) };
}

/** An event's text is parsed first: a secret that is cut out of JSON may leave none. */
export function maskedMessage(message: Message): Message {
  const attributes = Object.fromEntries(Object.entries(message.attributes).map(([name, value]) => [name, maskText(value)]));
  const text = Buffer.from(message.data).toString();
  if (!isSuspicious(text)) return { ...message, attributes };
  return { ...message, attributes, data: new TextEncoder().encode(maskedJsonText(text)) };
}

function maskedJsonText(text: string): string {
  try {
    return JSON.stringify(maskJson(JSON.parse(text)));
  } catch {
    return maskText(text);
  }
}
