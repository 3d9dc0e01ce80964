/** Documents in Firestore. What a change publishes is stored with it, and leaves the store only once Pub/Sub has it. */

import type { DocumentReference, DocumentSnapshot, Firestore, Query, WriteBatch } from "@google-cloud/firestore";
import type { Bus, Message } from "@kintsugi/ports/bus";
import type { Document, Documents, ListQuery, Write } from "@kintsugi/ports/documents";
import { Conflict, messageOf } from "@kintsugi/ports/failure";
import { z } from "zod";
import { fromFirestore, toFirestore } from "./firestore-data.ts";
import { grpcFailure, isConflict } from "./grpc-failure.ts";

const OUTBOX = "kintsugi_outbox";

const StoredMessage = z.object({ topic: z.string(), attributes: z.record(z.string(), z.string()), data: z.string() });

type Client = typeof import("./firestore-client.ts");
type Connected = { readonly client: Client; readonly db: Firestore };

export function firestoreDocuments({ project, bus }: { readonly project: string; readonly bus: Bus }): Documents {
  let connected: Promise<Connected> | undefined;
  const connect = async (): Promise<Connected> => {
    const client = await import("./firestore-client.ts");
    return { client, db: new client.Firestore({ projectId: project, ignoreUndefinedProperties: true }) };
  };

  async function guarded<T>(what: string, run: (connected: Connected) => Promise<T>): Promise<T> {
    connected ??= connect();
    try {
      return await run(await connected);
    } catch (error) {
      throw grpcFailure(error, `firestore: ${what}`, "documents");
    }
  }

  return {
    get: (collection, id) =>
      guarded(`${collection}/${id}`, async ({ db }) => documentOf(collection, await reference(db, collection, id).get())),
    getMany: (collection, ids) =>
      guarded(collection, async ({ db }) =>
        ids.length === 0
          ? []
          : (await db.getAll(...ids.map((id) => reference(db, collection, id)))).map((snapshot) => documentOf(collection, snapshot)),
      ),
    list: (collection, query = {}) => guarded(collection, (parts) => list(parts, collection, query)),
    async commit({ writes, publish, outbox }) {
      connected ??= connect();
      const { client, db } = await connected;
      const batch = db.batch();
      for (const write of writes) apply(client, batch, reference(db, write.collection, write.id), write);
      for (const [index, message] of publish.entries()) batch.set(reference(db, OUTBOX, outboxId(outbox, index)), storedMessage(message));
      try {
        await batch.commit();
      } catch (error) {
        if (isConflict(error)) throw new Conflict(messageOf(error), { cause: error });
        throw grpcFailure(error, "firestore: commit", "documents");
      }
    },
    async flush(outbox) {
      const waiting = await guarded(OUTBOX, (parts) => list(parts, OUTBOX, { from: `${outbox}~`, to: `${outbox}~~` }));
      if (waiting.length === 0) return;
      await bus.publish(waiting.map(({ data }) => readMessage(StoredMessage.parse(data))));
      await guarded(OUTBOX, async ({ db }) => {
        const batch = db.batch();
        for (const { id } of waiting) batch.delete(reference(db, OUTBOX, id));
        await batch.commit();
      });
    },
    // To be written together with the deadline of each call.
    sweepOutbox: async () => [],
  };
}

function outboxId(outbox: string, index: number): string {
  return `${outbox}~${String(index).padStart(6, "0")}`;
}

function storedMessage({ topic, attributes, data }: Message): z.infer<typeof StoredMessage> {
  return { topic, attributes: { ...attributes }, data: Buffer.from(data).toString("base64") };
}

function readMessage({ topic, attributes, data }: z.infer<typeof StoredMessage>): Message {
  return { topic, attributes, data: Buffer.from(data, "base64") };
}

function reference(db: Firestore, collection: string, id: string): DocumentReference {
  return db.collection(collection).doc(isOwn(collection) ? encodeId(id) : id);
}

/** In collections of ours any text may be an id; people's ids are Firestore's already. */
function isOwn(collection: string): boolean {
  return collection.startsWith("kintsugi_");
}

/** A slash would name a document inside a document; `.`, `..` and `__…__` are reserved. */
function encodeId(id: string): string {
  const encoded = id.replaceAll("%", "%25").replaceAll("/", "%2F");
  return /^(?:\.\.?|__.*__)$/s.test(encoded) ? `%${encoded.charCodeAt(0).toString(16).toUpperCase()}${encoded.slice(1)}` : encoded;
}

function apply({ FieldPath, Timestamp }: Client, batch: WriteBatch, target: DocumentReference, write: Write): void {
  const precondition = (version: string): { lastUpdateTime: InstanceType<typeof Timestamp> } => {
    const [seconds, nanoseconds] = version.split(".").map(Number);
    return { lastUpdateTime: new Timestamp(seconds!, nanoseconds!) };
  };
  switch (write.op) {
    case "create":
      batch.create(target, toFirestore(write.data));
      return;
    case "set":
      // An update with a precondition would keep the fields that are not named: the old document goes first, all in one commit.
      if (write.version !== undefined) batch.delete(target, precondition(write.version));
      batch.set(target, toFirestore(write.data));
      return;
    case "merge": {
      const fields = Object.entries(toFirestore(write.data));
      if (write.version === undefined) {
        batch.set(target, Object.fromEntries(fields), { mergeFields: fields.map(([name]) => new FieldPath(name)) });
        return;
      }
      const [[name, value] = ["", null], ...others] = fields;
      const rest = others.flatMap(([other, inner]) => [new FieldPath(other), inner]);
      batch.update(target, new FieldPath(name), value, ...rest, precondition(write.version));
      return;
    }
    case "delete":
      batch.delete(target, write.version === undefined ? {} : precondition(write.version));
      return;
  }
}

async function list(
  { client, db }: Connected,
  collection: string,
  { from, to, limit, unlessTrue }: ListQuery,
): Promise<readonly Document[]> {
  const byId = client.FieldPath.documentId();
  let query: Query = db.collection(collection).orderBy(byId);
  if (from !== undefined) query = query.where(byId, ">=", reference(db, collection, from));
  if (to !== undefined) query = query.where(byId, "<", reference(db, collection, to));
  const all = async (): Promise<readonly Document[]> =>
    (await (limit === undefined ? query : query.limit(limit)).get()).docs.map((snapshot) => documentOf(collection, snapshot)!);
  if (unlessTrue === undefined) return all();

  // Firestore cannot ask for what lacks a field: two counts, a read per thousand documents, tell whether there is any such document.
  const field = new client.FieldPath(unlessTrue);
  const [total, done, open] = await Promise.all([
    query.count().get(),
    query.where(field, "==", true).count().get(),
    query.where(field, "==", false).get(),
  ]);
  const documents =
    total.data().count - done.data().count <= open.size
      ? open.docs.map((snapshot) => documentOf(collection, snapshot)!)
      : (await query.get()).docs.map((snapshot) => documentOf(collection, snapshot)!).filter(({ data }) => data[unlessTrue] !== true);
  return limit === undefined ? documents : documents.slice(0, limit);
}

function documentOf(collection: string, snapshot: DocumentSnapshot): Document | undefined {
  const data = snapshot.data();
  const { updateTime } = snapshot;
  if (data === undefined || updateTime === undefined) return undefined;
  return {
    id: isOwn(collection) ? decodeURIComponent(snapshot.id) : snapshot.id,
    data: fromFirestore(data),
    version: `${updateTime.seconds}.${updateTime.nanoseconds}`,
  };
}
