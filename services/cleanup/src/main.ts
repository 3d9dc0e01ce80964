/** The cloud entry of cleanup. */

import { cloudWarehouse } from "@kintsugi/gcp/cloud-warehouse";
import { serveFunction } from "@kintsugi/gcp/serve-function";
import { cleanup } from "./function.ts";

await serveFunction(cleanup, { warehouse: cloudWarehouse });
