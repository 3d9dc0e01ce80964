/** Names that end up in a statement or in a vendor's API: one that could never be right is refused in the file, not at the first call. */

import { z } from "zod";
import { Text } from "./text-forms.ts";

/** Shorter than Google takes them (6 characters) is left to Google: its emulators take any. Source: "Project IDs" in Resource Manager's documentation. */
export const ProjectId = Text.regex(
  /^(?:[a-z][a-z0-9.-]*:)?[a-z](?:[a-z0-9-]{0,28}[a-z0-9])?$/,
  "is no id of a Google Cloud project: small letters, digits and dashes, a letter first, such as my-project-123",
);
export const Region = Text.regex(/^[a-z]+-[a-z]+[0-9]+$/, "is no region such as us-west2");
export const DataLocation = Text.regex(
  /^[A-Za-z]+(?:-[a-z]+[0-9]+)?$/,
  "is no location of BigQuery: a region such as us-west2, or US or EU",
);
export const DatasetName = Text.regex(/^[A-Za-z0-9_]{1,1024}$/, "is no name of a dataset: letters, digits and underscores");

const QUOTES = "a backtick or a backslash, which no statement could name";
/** Each part is quoted where it is used; what is refused here is what no quoting helps against. */
export const TableName = Text.regex(
  /^[^`\\.]+(?:\.[^`\\.]+)*$/,
  `is no table: names joined by single dots, such as schema.table, and without ${QUOTES}`,
);
export const ColumnName = Text.regex(/^[^`\\]+$/, `is no column: it holds ${QUOTES}`);

const SEGMENT = "(?!\\.\\.?(?:/|$)|__[^/]*__(?:/|$))[^/]+";
/** Source: "Usage and limits" in Firestore's documentation. */
export const CollectionName = Text.regex(
  new RegExp(`^${SEGMENT}(?:/${SEGMENT}/${SEGMENT})*$`),
  "is no collection: a name, or collection/document/collection, no part of it empty, `.`, `..` or between double underscores",
);
/** Firestore keeps `__…__` for itself; a leading tilde is how what it keeps is stored all the same. */
const FIELD = /^(?!__.*__$|~)/;
const notField = "is no field: a name between double underscores, or with a tilde in front, is reserved";
export const FieldName = Text.regex(FIELD, notField);
/** A field of the batch, or a collection below it with a document for each member. */
export const MembersName = z.union([FieldName, z.strictObject({ collection: CollectionName })]);

/** Source: git-check-ref-format(1). */
export const BranchName = Text.regex(
  /^(?!-|\/|.*(?:\.\.|@\{|\/\/|\.lock$|[./]$))[^\s~^:?*[\\]+$/,
  "is no name of a branch such as main or release/2.0",
);
