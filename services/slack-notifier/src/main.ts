/** The cloud entry of slack-notifier. */

import { cloudChat } from "@kintsugi/gcp/cloud-chat";
import { cloudWebhook } from "@kintsugi/gcp/cloud-webhook";
import { serveFunction } from "@kintsugi/gcp/serve-function";
import { slackNotifier } from "./function.ts";

await serveFunction(slackNotifier, { chat: cloudChat, sendWebhook: cloudWebhook });
