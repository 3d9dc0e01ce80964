/** The cloud entry of webhook-notifier. */

import { cloudWebhook } from "@kintsugi/gcp/cloud-webhook";
import { serveFunction } from "@kintsugi/gcp/serve-function";
import { webhookNotifier } from "./function.ts";

await serveFunction(webhookNotifier, { sendWebhook: cloudWebhook });
