/** A write of ours as Firestore takes it: one write each, its precondition included. Pure. */

import type { Write } from "@kintsugi/ports/documents";
import type { FirestoreWrite } from "./firestore-calls.ts";
import { type Collections, EXPIRES, fieldPath, isOwn } from "./firestore-names.ts";
import { type Fields, timeOf, toFields } from "./firestore-values.ts";

export function writeOf(collections: Collections, write: Write): FirestoreWrite {
  const name = collections.nameOf(write.collection, write.id);
  switch (write.op) {
    case "create":
      return { update: { name, fields: fieldsOf(write) }, currentDocument: { exists: false } };
    case "set":
      return { update: { name, fields: fieldsOf(write) }, ...unchanged(write.version) };
    case "merge": {
      const fields = fieldsOf(write);
      return { update: { name, fields }, updateMask: { fieldPaths: Object.keys(fields).map(fieldPath) }, ...unchanged(write.version) };
    }
    case "delete":
      return { delete: name, ...unchanged(write.version) };
  }
}

/** In collections of ours the name of the expiry is not free for data. */
function fieldsOf({ collection, data, expiresMs }: Exclude<Write, { op: "delete" }>): Fields {
  const { [EXPIRES]: own, ...others } = toFields(data);
  const expires = expiresMs === undefined ? {} : { [EXPIRES]: { timestampValue: timeOf(expiresMs) } };
  if (own === undefined) return { ...others, ...expires };
  return isOwn(collection) ? { ...others, [`~${EXPIRES}`]: own, ...expires } : { ...others, [EXPIRES]: own, ...expires };
}

function unchanged(version: string | undefined): Pick<FirestoreWrite, "currentDocument"> {
  if (version === undefined) return {};
  const [seconds, nanos] = version.split(".");
  return { currentDocument: { updateTime: { seconds: seconds!, nanos: Number(nanos) } } };
}
