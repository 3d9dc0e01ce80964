/** Documents over HTTP: users' own for reading and writing, Kintsugi's for reading. */

import type { Documents } from "@kintsugi/ports/documents";
import type { JsonObject } from "@kintsugi/ports/json";
import { decodeParts, type HostAnswer, type HostRequest, ok, refuse } from "./host-answer.ts";
import { readJsonBody } from "./read-publish.ts";

const MAX_LISTED = 1_000;
/** Firestore's. */
const MAX_NAME_BYTES = 1_500;

/** Why the collection may not be written by hand; its documents are the system's own memory. */
export function collectionFault(collection: string): string | undefined {
  return collection.startsWith("kintsugi_") ? `${collection} is Kintsugi's own: it is read only` : undefined;
}

/** Undefined for a path that is about no document. */
export async function answerDocuments(documents: Documents, request: HostRequest): Promise<HostAnswer | undefined> {
  const match = /^\/documents\/([^/]+)(?:\/([^/]+))?$/.exec(request.path);
  if (match === null) return undefined;
  const [collection, id] = decodeParts(match.slice(1).filter((part) => part !== undefined)) ?? [];
  if (collection === undefined) return refuse(400, "the path is not encoded rightly");
  if ([collection, id ?? ""].some((name) => Buffer.byteLength(name) > MAX_NAME_BYTES || name.includes("\0")))
    return refuse(400, `a name has at most ${MAX_NAME_BYTES} bytes and no NUL`);
  // Firestore's rule too.
  if (id === "." || id === "..") return refuse(400, `${id} is no name of a document`);
  if (id === undefined)
    return request.method === "GET" ? await list(documents, collection, request.query) : refuse(405, `${request.path} takes GET`);
  if (request.method === "GET") return await get(documents, collection, id);
  const fault = collectionFault(collection);
  if (fault !== undefined) return refuse(400, fault);
  switch (request.method) {
    case "PUT":
      return await write(documents, "set", { collection, id }, request.body);
    case "PATCH":
      return await write(documents, "merge", { collection, id }, request.body);
    case "DELETE":
      await documents.commit({ writes: [{ op: "delete", collection, id }], publish: [], outbox: `document:${id}` });
      return ok({});
    default:
      return refuse(405, `${request.path} takes GET, PUT, PATCH and DELETE`);
  }
}

async function get(documents: Documents, collection: string, id: string): Promise<HostAnswer> {
  const found = await documents.get(collection, id);
  return found === undefined ? refuse(404, `there is no document ${collection}/${id}`) : ok(found.data);
}

/** At most `limit` (default and maximum 1000), from the id `from` on; `next` is where the following page begins. */
async function list(documents: Documents, collection: string, query: URLSearchParams): Promise<HostAnswer> {
  const limit = Number(query.get("limit") ?? MAX_LISTED);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LISTED) return refuse(400, `limit is a number from 1 to ${MAX_LISTED}`);
  const from = query.get("from");
  const found = await documents.list(collection, { limit: limit + 1, ...(from === null ? {} : { from }) });
  const next = found[limit]?.id;
  return ok({ documents: found.slice(0, limit).map(({ id, data }) => ({ id, data })), ...(next === undefined ? {} : { next }) });
}

async function write(
  documents: Documents,
  op: "set" | "merge",
  place: { collection: string; id: string },
  body: Uint8Array,
): Promise<HostAnswer> {
  const read = readJsonBody(body);
  if ("reason" in read) return refuse(400, read.reason);
  if (read.value === null || typeof read.value !== "object" || Array.isArray(read.value)) return refuse(400, "a document is a JSON object");
  await documents.commit({ writes: [{ op, ...place, data: read.value as JsonObject }], publish: [], outbox: `document:${place.id}` });
  return await get(documents, place.collection, place.id);
}
