/** In which dialect the statements of a file are written. Pure. */

import type { SqlDialect } from "./sql-parts.ts";
import type { ValidSubset } from "./valid-subset.ts";

/** Without a warehouse, that of the local one. */
export function dialectOf({ warehouse }: ValidSubset): SqlDialect {
  return warehouse !== undefined && "bigquery" in warehouse ? "bigquery" : "duckdb";
}
