/** The cloud entry of canary. */

import { cloudWarehouse } from "@kintsugi/gcp/cloud-warehouse";
import { serveFunction } from "@kintsugi/gcp/serve-function";
import { canary } from "./function.ts";

await serveFunction(canary, { warehouse: cloudWarehouse });
