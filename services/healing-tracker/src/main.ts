/** The cloud entry of healing-tracker. */

import { serveFunction } from "@kintsugi/gcp/serve-function";
import { healingTracker } from "./function.ts";

await serveFunction(healingTracker);
