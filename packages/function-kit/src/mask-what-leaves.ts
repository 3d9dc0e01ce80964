/** The one door through which a function's words leave it: no secret passes, whoever found the words. */

import { maskJson, maskText } from "@kintsugi/events/mask";
import type { Message } from "@kintsugi/ports/bus";
import type { Change, Documents, Write } from "@kintsugi/ports/documents";
import type { Log } from "./deliver-events.ts";

export type Door = {
  readonly text: (text: string) => string;
  readonly json: <T>(value: T) => T;
  readonly log: (log: Log) => Log;
  readonly change: (change: Change) => Change;
  /** What handlers store between their looks goes through the same door. */
  readonly documents: (documents: Documents) => Documents;
  readonly message: (message: Message) => Message;
};

/** @param hidden what the environment gave the configuration, as `config.hidden` has it */
export function doorOf({ hidden }: { readonly hidden: readonly string[] }): Door {
  const text = (given: string): string => maskText(given, hidden);
  const json = <T>(value: T): T => maskJson(value, hidden);
  const message = (given: Message): Message => ({
    ...given,
    attributes: json({ ...given.attributes }),
    data: maskedData(given.data, json),
  });
  const change = (given: Change): Change => ({
    ...given,
    writes: given.writes.map((write): Write => (write.op === "delete" ? write : { ...write, data: json(write.data) })),
    publish: given.publish.map(message),
  });
  return {
    text,
    json,
    message,
    change,
    log: (log) => (fact) => log(json(fact)),
    documents: (documents) => ({
      get: (collection, id) => documents.get(collection, id),
      getMany: (collection, ids) => documents.getMany(collection, ids),
      list: (collection, query) => documents.list(collection, query),
      commit: (given) => documents.commit(change(given)),
      flush: (outbox) => documents.flush(outbox),
      sweepOutbox: (untilMs) => documents.sweepOutbox(untilMs),
    }),
  };
}

/** What is published is JSON of ours. It is parsed, since a secret that is cut out of JSON may leave none. */
function maskedData(data: Uint8Array, json: Door["json"]): Uint8Array {
  const text = Buffer.from(data).toString();
  if (text === "") return data;
  const masked = JSON.stringify(json(JSON.parse(text)));
  return masked === text ? data : new TextEncoder().encode(masked);
}
