/** The cloud entry of healing-tracker. */

import { cloudLedger } from "@kintsugi/gcp/cloud-ledger";
import { serveFunction } from "@kintsugi/gcp/serve-function";
import { healingTracker } from "./function.ts";

await serveFunction(healingTracker, { ledger: cloudLedger });
