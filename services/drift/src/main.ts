/** The cloud entry of drift. */

import { cloudDeployments } from "@kintsugi/gcp/cloud-deployments";
import { cloudHistory } from "@kintsugi/gcp/cloud-history";
import { serveFunction } from "@kintsugi/gcp/serve-function";
import { drift } from "./function.ts";

await serveFunction(drift, { deployments: cloudDeployments, history: cloudHistory });
