/** A warehouse that counts what is asked of it and what that costs. */

import type { Warehouse } from "@kintsugi/ports/warehouse";

export function metered(warehouse: Warehouse): { warehouse: Warehouse; bytes: () => number; queries: () => number } {
  let [bytes, queries] = [0, 0];
  return {
    warehouse: {
      ...warehouse,
      async query(sql) {
        queries++;
        const result = await warehouse.query(sql);
        bytes += result.bytes;
        return result;
      },
    },
    bytes: () => bytes,
    queries: () => queries,
  };
}
