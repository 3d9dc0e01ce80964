/** `@target` in a statement: where the id of what was healed stands, as a text of its own. Pure. */

import { type SqlDialect, sqlParts } from "./sql-parts.ts";

/** Part of a longer name or of an address such as `x@target`, it is something else. */
const TARGET = /(?<![\w@])@target\b/g;

/**
 * Put in where the statement's code names it, and nowhere else: an id inside quotes or a comment could end them.
 * @param literal the id as a text of the dialect, quotes included
 */
export function withTarget(dialect: SqlDialect, sql: string, literal: string): string {
  return sqlParts(dialect, sql)
    .map(({ kind, text }) => (kind === "code" ? text.replaceAll(TARGET, () => literal) : text))
    .join("");
}
