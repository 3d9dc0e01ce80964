/** Appends rows to the ledger's tables, so that a row which its table refuses for good holds up no other. */

import { isPermanent, messageOf } from "@kintsugi/ports/failure";
import type { LedgerTables } from "@kintsugi/ports/warehouse";
import type { Row } from "./rows.ts";

export type RefusedRow = { readonly row: Row; readonly reason: string };

/**
 * Appends all that the tables take, and says what they do not. A permanent failure is the fault of a row, and halving finds which.
 * @throws any other failure: then nobody knows which rows are there, and all may be appended again
 */
export async function appendRows(ledger: Pick<LedgerTables, "append">, rows: readonly Row[]): Promise<readonly RefusedRow[]> {
  const refused: RefusedRow[] = [];
  for (const table of new Set(rows.map((row) => row.table)))
    refused.push(
      ...(await appendTo(
        ledger,
        rows.filter((row) => row.table === table),
      )),
    );
  return refused;
}

/** @param rows at least one, of one table */
async function appendTo(ledger: Pick<LedgerTables, "append">, rows: readonly Row[]): Promise<readonly RefusedRow[]> {
  const [first, ...others] = rows;
  try {
    await ledger.append(
      first!.table,
      rows.map(({ row }) => row),
    );
    return [];
  } catch (error) {
    if (!isPermanent(error)) throw error;
    if (others.length === 0) return [{ row: first!, reason: messageOf(error) }];
    const middle = Math.ceil(rows.length / 2);
    return [...(await appendTo(ledger, rows.slice(0, middle))), ...(await appendTo(ledger, rows.slice(middle)))];
  }
}
