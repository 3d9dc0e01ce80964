/** The cloud entry of gate. */

import { cloudWarehouse } from "@kintsugi/gcp/cloud-warehouse";
import { serveFunction } from "@kintsugi/gcp/serve-function";
import { gate } from "./function.ts";

await serveFunction(gate, { warehouse: cloudWarehouse });
