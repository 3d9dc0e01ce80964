/** The cloud entry of canary. */

import { serveFunction } from "@kintsugi/gcp/serve-function";
import { canary } from "./function.ts";

await serveFunction(canary);
