/** The user's warehouse, as the configuration names it. */

import type { Warehouse } from "@kintsugi/ports/warehouse";
import { bigqueryWarehouse } from "./bigquery-warehouse.ts";
import { type CloudConfig, type CloudProcess, missing } from "./cloud-ports.ts";

export function cloudWarehouse({ warehouse }: CloudConfig, { deadlines }: CloudProcess): Warehouse {
  return warehouse?.kind === "bigquery" ? bigqueryWarehouse({ ...warehouse, deadlineMs: deadlines.queryMs }) : noWarehouse;
}

const noWarehouse: Warehouse = { dialect: "bigquery", query: unconfigured, columns: unconfigured };

function unconfigured(): Promise<never> {
  return missing("warehouse.bigquery is not configured", "warehouse");
}
