/** The cloud entry of pattern-detector. */

import { serveFunction } from "@kintsugi/gcp/serve-function";
import { patternDetector } from "./function.ts";

await serveFunction(patternDetector, {});
