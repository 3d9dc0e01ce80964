/** The cloud entry of gate. */

import { serveFunction } from "@kintsugi/gcp/serve-function";
import { gate } from "./function.ts";

await serveFunction(gate);
