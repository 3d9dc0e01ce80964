/** The ledger's tables, where the functions run. */

import type { LedgerTables } from "@kintsugi/ports/warehouse";
import { bigqueryLedger } from "./bigquery-ledger.ts";
import { type CloudConfig, type CloudProcess, googleRuntime } from "./cloud-ports.ts";

/** The ledger's own queries look at one partition of two tables. */
const MAX_BYTES = 10 * 1024 ** 3;

/** @throws a needs-human Failure for a configuration that is not meant for the cloud */
export function cloudLedger(config: CloudConfig, { deadlines }: CloudProcess): LedgerTables {
  const { project, region, dataset } = googleRuntime(config);
  return bigqueryLedger({ project, location: region, maxBytes: MAX_BYTES, dataset, key: "event_key", deadlineMs: deadlines.callMs });
}
