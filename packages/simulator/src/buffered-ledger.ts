/** Appends in large batches, since a simulated month makes many small ones; whoever asks sees all that was appended. */

import type { JsonObject } from "@kintsugi/ports/json";
import type { LedgerTables } from "@kintsugi/ports/warehouse";

const MAX_ROWS = 2_000;

export function bufferedLedger(ledger: LedgerTables): LedgerTables {
  const waiting = new Map<string, JsonObject[]>();
  async function flush(table: string): Promise<void> {
    const rows = waiting.get(table) ?? [];
    waiting.delete(table);
    await ledger.append(table, rows);
  }
  return {
    dialect: ledger.dialect,
    async append(table, rows) {
      const kept = waiting.get(table) ?? [];
      kept.push(...rows);
      waiting.set(table, kept);
      if (kept.length >= MAX_ROWS) await flush(table);
    },
    async query(sql) {
      for (const table of [...waiting.keys()]) await flush(table);
      return await ledger.query(sql);
    },
  };
}
