/** The cloud entry of cleanup. */

import { serveFunction } from "@kintsugi/gcp/serve-function";
import { cleanup } from "./function.ts";

await serveFunction(cleanup);
