/** The cloud entry of webhook-notifier. */

import { serveFunction } from "@kintsugi/gcp/serve-function";
import { webhookNotifier } from "./function.ts";

await serveFunction(webhookNotifier);
