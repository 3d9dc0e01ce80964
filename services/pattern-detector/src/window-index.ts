/** The list of a window's sealed segments, oldest first, as one text: short to store, and read in parts. */

import { badOf, countOf, lastOf } from "./window-records.ts";

export type Sealed = { readonly id: number; readonly lastMs: number; readonly count: number; readonly bad: number };

/** An entry is `;id:last:count:bad`, each number in base 36. */
const digits = (value: number): string => value.toString(36);
const startOf = (id: number): string => `;${digits(id)}:`;

export function sealedOf(id: number, records: string): Sealed {
  return { id, lastMs: lastOf(records), count: countOf(records), bad: badOf(records) };
}

export function entryOf({ id, lastMs, count, bad }: Sealed): string {
  return `${startOf(id)}${digits(lastMs)}:${digits(count)}:${digits(bad)}`;
}

export function allSealed(index: string): readonly Sealed[] {
  return index === "" ? [] : index.slice(1).split(";").map(parseEntry);
}

export function firstSealed(index: string): Sealed | undefined {
  return sealedAt(index, 0);
}

export function lastSealed(index: string): Sealed | undefined {
  return sealedAt(index, index.lastIndexOf(";"));
}

export function findSealed(index: string, id: number): Sealed | undefined {
  return sealedAt(index, index.indexOf(startOf(id)));
}

export function nextSealed(index: string, id: number): Sealed | undefined {
  const start = index.indexOf(startOf(id));
  return start < 0 ? undefined : sealedAt(index, index.indexOf(";", start + 1));
}

export function isBefore(index: string, id: number, other: number): boolean {
  return index.indexOf(startOf(id)) < index.indexOf(startOf(other));
}

/** The segment that an event of this time belongs into; undefined when it is later than all of them. */
export function sealedFor(index: string, timeMs: number): Sealed | undefined {
  return allSealed(index).find(({ lastMs }) => lastMs >= timeMs);
}

export function withoutFirst(index: string): string {
  const next = index.indexOf(";", 1);
  return next < 0 ? "" : index.slice(next);
}

export function withEntries(index: string, id: number, entries: readonly Sealed[]): string {
  const before = findSealed(index, id);
  const text = entries.map(entryOf).join("");
  return before === undefined ? index + text : index.replace(entryOf(before), text);
}

/** @param start where the entry begins; negative when it is not there */
function sealedAt(index: string, start: number): Sealed | undefined {
  if (start < 0 || index === "") return undefined;
  const end = index.indexOf(";", start + 1);
  return parseEntry(index.slice(start + 1, end < 0 ? undefined : end));
}

function parseEntry(text: string): Sealed {
  const [id, lastMs, count, bad] = text.split(":").map((part) => Number.parseInt(part, 36));
  return { id: id!, lastMs: lastMs!, count: count!, bad: bad! };
}
