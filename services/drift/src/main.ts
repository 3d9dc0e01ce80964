/** The cloud entry of drift. */

import { serveFunction } from "@kintsugi/gcp/serve-function";
import { drift } from "./function.ts";

await serveFunction(drift);
