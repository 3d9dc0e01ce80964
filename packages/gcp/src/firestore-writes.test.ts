import type { Write } from "@kintsugi/ports/documents";
import { expect, test } from "vitest";
import type { FirestoreWrite } from "./firestore-calls.ts";
import { firestoreCollections } from "./firestore-names.ts";
import { writeOf } from "./firestore-writes.ts";

const collections = firestoreCollections("projects/p/databases/(default)");
const name = "projects/p/databases/(default)/documents/kintsugi_x/a";
const at = { collection: "kintsugi_x", id: "a" } as const;
const [data, fields] = [{ n: 1 }, { n: { integerValue: "1" } }];
const unchanged = { currentDocument: { updateTime: { seconds: "7", nanos: 5_000 } } };

test.for<[name: string, write: Write, expected: FirestoreWrite]>([
  ["a create is for the first alone", { op: "create", ...at, data }, { update: { name, fields }, currentDocument: { exists: false } }],
  ["a set replaces all", { op: "set", ...at, data }, { update: { name, fields } }],
  [
    "a set of a version is one write, which replaces all",
    { op: "set", ...at, data, version: "7.5000" },
    { update: { name, fields }, ...unchanged },
  ],
  ["a merge names its fields", { op: "merge", ...at, data }, { update: { name, fields }, updateMask: { fieldPaths: ["n"] } }],
  [
    "a name with a dot is one field",
    { op: "merge", ...at, data: { "a.`b": 1 } },
    { update: { name, fields: { "a.`b": { integerValue: "1" } } }, updateMask: { fieldPaths: ["`a.\\`b`"] } },
  ],
  ["a delete of a version", { op: "delete", ...at, version: "7.5000" }, { delete: name, ...unchanged }],
  [
    "an expiry of a merge is one of its fields",
    { op: "merge", ...at, data, expiresMs: 1_500 },
    {
      update: { name, fields: { ...fields, expires: { timestampValue: { seconds: 1, nanos: 500_000_000 } } } },
      updateMask: { fieldPaths: ["n", "expires"] },
    },
  ],
  [
    "people's own field of that name is theirs",
    { op: "merge", collection: "batches", id: "a", data: { expires: 1 } },
    {
      update: { name: name.replace("kintsugi_x", "batches"), fields: { expires: { integerValue: "1" } } },
      updateMask: { fieldPaths: ["expires"] },
    },
  ],
])("%s", ([, write, expected]) => {
  expect(writeOf(collections, write)).toEqual(expected);
});
