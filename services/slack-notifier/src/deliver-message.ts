/** Brings one message to people, exactly once as far as the chat allows: the intent is stored before the post, and looked up before a second try. */

import type { Dependencies, NewEvent } from "@kintsugi/function-kit/declaration";
import type { ChatAddress, ChatMessage } from "@kintsugi/ports/chat";
import type { Document, Write } from "@kintsugi/ports/documents";
import { Failure } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import { decideDelivery, Notification, type Wanted } from "./decide-delivery.ts";

export const notificationsCollection = "kintsugi_notifications";
/** Clocks differ: the look-up reaches back a little further than the first try. */
const SLACK_MS = 60_000;

export type MessageRequest = Wanted & {
  /** Names the document. */
  readonly id: string;
  /** The incident's key, or the repairs message's. */
  readonly key: string;
  readonly channel: string;
  readonly render: (isFirst: boolean) => Omit<ChatMessage, "key">;
};

export type Delivered = { readonly writes: readonly Write[]; readonly publish: readonly NewEvent[] };

type Parts = Pick<Dependencies, "documents" | "chat">;

export async function deliverMessage({ documents, chat }: Parts, request: MessageRequest, nowMs: number): Promise<Delivered> {
  const document = await documents.get(notificationsCollection, request.id);
  const before = document === undefined ? undefined : Notification.parse(document.data);
  const decision = decideDelivery(before, request);
  switch (decision.action) {
    case "drop":
      return decision.reason === "older" ? { writes: [], publish: [] } : settled(request, document, before);
    case "post": {
      const intent = { key: request.key, channel: request.channel, posted: before?.posted ?? 0, attemptedMs: nowMs };
      await documents.commit({ writes: [write(request, document, intent)], publish: [], outbox: `${request.id}:intent` });
      return done(request, intent, await chat.post(request.channel, { ...request.render(true), key: request.id }), "post");
    }
    case "look-up": {
      const found = await chat.find(request.channel, request.id, before!.attemptedMs! - SLACK_MS);
      if (found === undefined && !request.post) return settled(request, document, undefined);
      if (found === undefined)
        return done(request, before!, await chat.post(request.channel, { ...request.render(true), key: request.id }), "post");
      await chat.update(found, { ...request.render(false), key: request.id });
      return done(request, before!, found, "post");
    }
    case "edit":
      return await edit({ documents, chat }, request, document!, nowMs);
  }
}

/** Nothing is said, and an older revision that comes late is not said either. */
function settled(request: MessageRequest, document: Document | undefined, before: Notification | undefined): Delivered {
  const { key, channel, revision } = request;
  return { writes: [write(request, document, { ...(before ?? { key, channel }), posted: revision })], publish: [] };
}

async function edit({ documents, chat }: Parts, request: MessageRequest, document: Document, nowMs: number): Promise<Delivered> {
  const before = Notification.parse(document.data);
  const address = before.address!;
  if (before.text !== request.text) {
    try {
      await chat.update(address, { ...request.render(false), key: request.id });
    } catch (error) {
      // A message that people deleted cannot be edited; it is not posted again.
      if (!(error instanceof Failure) || error.failure !== "permanent") throw error;
    }
  }
  if (request.thread !== undefined) await say({ documents, chat }, { ...request, thread: request.thread }, document, nowMs);
  return done(request, before, address, request.thread === undefined ? "edit" : "thread");
}

/** A line in the thread, once: the intent is stored before, and what may have arrived is looked for. */
async function say(
  { documents, chat }: Parts,
  request: MessageRequest & { readonly thread: string },
  document: Document,
  nowMs: number,
): Promise<void> {
  const before = Notification.parse(document.data);
  const address = before.address!;
  const key = `${request.id}:${request.revision}`;
  if (before.saying?.revision === request.revision) {
    if ((await chat.find(request.channel, key, before.saying.atMs - SLACK_MS, address)) !== undefined) return;
  } else {
    const intent = { ...before, saying: { revision: request.revision, atMs: nowMs } };
    await documents.commit({ writes: [write(request, document, intent)], publish: [], outbox: `${request.id}:saying` });
  }
  await chat.reply(address, { text: request.thread, key });
}

function done(request: MessageRequest, before: Notification, address: ChatAddress, kind: "post" | "edit" | "thread"): Delivered {
  const { attemptedMs: _attempted, saying: _saying, ...rest } = before;
  const after: Notification = { ...rest, posted: request.revision, address, text: request.text };
  return {
    writes: [{ op: "set", collection: notificationsCollection, id: request.id, data: after as unknown as JsonObject }],
    publish: [
      {
        type: "notification.delivered",
        purpose: `delivered:${request.id}:${request.revision}`,
        subject: request.key,
        data: { key: request.key, revision: request.revision, kind, channel: request.channel, ts: address.ts },
      },
    ],
  };
}

/** Two instances cannot both begin: the second finds that the document has changed. */
function write(request: MessageRequest, document: Document | undefined, data: Notification): Write {
  const target = { collection: notificationsCollection, id: request.id, data: data as unknown as JsonObject };
  return document === undefined ? { op: "create", ...target } : { op: "set", ...target, version: document.version };
}
