/** What our collections, ids and fields are called in Firestore, and documents as they come back. */

import type { Document } from "@kintsugi/ports/documents";
import type { Filter, Stored } from "./firestore-calls.ts";
import { fromFields, storedName, type Value } from "./firestore-values.ts";

/** When a document may go, as the time type that Firestore's own deletion needs. Data under this name are moved aside. */
export const EXPIRES = "expires";

export type Collections = {
  /** The full name of a document. */
  nameOf(collection: string, id: string): string;
  documentOf(collection: string, stored: Stored): Document;
  idFilter(collection: string, op: "GREATER_THAN_OR_EQUAL" | "LESS_THAN", id: string): Filter;
  fieldFilter(field: string, value: Value): Filter;
};

/** @param database its full name */
export function firestoreCollections(database: string): Collections {
  const nameOf = (collection: string, id: string): string => `${database}/documents/${collection}/${isOwn(collection) ? encodeId(id) : id}`;
  return {
    nameOf,
    documentOf(collection, { name, fields, updateTime }) {
      const id = name.slice(name.lastIndexOf("/") + 1);
      const { [EXPIRES]: expires, ...others } = fields;
      const shown = isOwn(collection) && expires?.timestampValue !== undefined ? others : fields;
      return {
        id: isOwn(collection) ? decodeURIComponent(id) : id,
        data: fromFields(shown),
        version: `${updateTime.seconds}.${updateTime.nanos}`,
      };
    },
    idFilter: (collection, op, id) => ({
      fieldFilter: { field: { fieldPath: "__name__" }, op, value: { referenceValue: nameOf(collection, id) } },
    }),
    fieldFilter: (field, value) => ({ fieldFilter: { field: { fieldPath: fieldPath(storedName(field)) }, op: "EQUAL", value } }),
  };
}

/** In collections of ours any text may be an id; people's ids are Firestore's already. */
export function isOwn(collection: string): boolean {
  return collection.startsWith("kintsugi_");
}

/** A slash would name a document inside a document; `.`, `..` and `__…__` are reserved. */
function encodeId(id: string): string {
  const encoded = id.replaceAll("%", "%25").replaceAll("/", "%2F");
  return /^(?:\.\.?|__.*__)$/s.test(encoded) ? `%${encoded.charCodeAt(0).toString(16).toUpperCase()}${encoded.slice(1)}` : encoded;
}

/** The name of one field as a path, in which a dot would mean a field inside a field. */
export function fieldPath(name: string): string {
  return /^[A-Za-z_][A-Za-z_0-9]*$/.test(name) ? name : `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}
