/** Looks for rows by their keys, where each must be: in the partition of its event's time. */

import type { LedgerTables } from "@kintsugi/ports/warehouse";
import { type Row, tableOf } from "./rows.ts";
import { keysAmong, type LedgerLocation } from "./statements.ts";

/** `atMs`: the time by which the row is partitioned. */
export type Keyed = { readonly key: string; readonly row: Row; readonly atMs: number };

const KEYS_PER_STATEMENT = 500;
/** Rows that lie further apart are asked for one after the other, so that no statement reads all that is between them. */
const SPAN_MS = 31 * 24 * 3_600_000;

/** Those of which the warehouse has no row, whenever it took it in. */
export async function findMissing<T extends Keyed>(
  { ledger, place }: { readonly ledger: Pick<LedgerTables, "query">; readonly place: LedgerLocation },
  wanted: readonly T[],
): Promise<readonly T[]> {
  const missing: T[] = [];
  for (const part of parts(wanted)) {
    const period = { fromMs: part[0]!.atMs, untilMs: part.at(-1)!.atMs + 1 };
    const keys = part.map(({ key }) => key);
    const { rows } = await ledger.query(keysAmong(place, tableOf(part[0]!.row), period, keys));
    const there = new Set(rows.map((row) => String(row["event_key"])));
    missing.push(...part.filter(({ key }) => !there.has(key)));
  }
  return missing;
}

/** Each of one table, in the order of time, and at least one row long. */
function parts<T extends Keyed>(wanted: readonly T[]): readonly (readonly T[])[] {
  const ordered = [...wanted].sort((a, b) => a.row.table.localeCompare(b.row.table) || a.atMs - b.atMs);
  const all: T[][] = [];
  for (const one of ordered) {
    const last = all.at(-1);
    const fits =
      last !== undefined && last.length < KEYS_PER_STATEMENT && last[0]!.row.table === one.row.table && one.atMs - last[0]!.atMs <= SPAN_MS;
    if (fits) last.push(one);
    else all.push([one]);
  }
  return all;
}
