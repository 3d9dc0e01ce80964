/** Which of the values that the environment gives nobody shall read anywhere: not in messages, logs, events or documents. Pure. */

import { isSecretKey } from "@kintsugi/events/secret-keys";
import type { Path } from "./path.ts";
import { isSecretPlace } from "./secret-places.ts";

/** What the environment gave one place of the file. */
export type Taken = { readonly path: Path; readonly variable: string; readonly value: string };

/** Shorter ones stand in too many words that have nothing to do with them. */
const LEAST_SECRET = 4;
const LEAST_OTHER = 8;
/** Values of conditions and settings, which people do not read. Names, paths and titles are told, or nothing could be. */
const UNREAD = new Set<PropertyKey>(["where", "sql", "expect"]);
/** A word, a number, a day or a time: it stands where it has nothing to do with the environment. */
const COMMON = /^(?:[A-Za-z_-]+|[\d.,:TZ/+-]+)$/;

/** The longest first, so that none is hidden in part by another. */
export function hiddenValues(taken: readonly Taken[]): readonly string[] {
  const values = taken
    .filter(isHidden)
    .flatMap(({ value }) => [value, value.trim(), encodeURIComponent(value), JSON.stringify(value).slice(1, -1)]);
  return [...new Set(values)].sort((a, b) => b.length - a.length || a.localeCompare(b));
}

function isHidden({ path, variable, value }: Taken): boolean {
  if (isSecretPlace(path) || isSecretKey(variable) || path.some((step) => typeof step === "string" && isSecretKey(step)))
    return value.length >= LEAST_SECRET;
  return path.some((step) => UNREAD.has(step)) && value.length >= LEAST_OTHER && !COMMON.test(value);
}

/** Where `kintsugi sql` shows the name of a variable instead of its value. */
export function isStatementPart(path: Path): boolean {
  return path.at(-1) === "where" || path.at(-1) === "sql";
}
