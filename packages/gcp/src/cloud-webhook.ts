/** Webhooks, over the process's own fetch. */

import { fetchWebhook } from "@kintsugi/notify/fetch-webhook";
import type { SendWebhook } from "@kintsugi/ports/webhook";
import type { CloudConfig, CloudProcess } from "./cloud-ports.ts";

export function cloudWebhook(_config: CloudConfig, { fetch }: CloudProcess): SendWebhook {
  return fetchWebhook(fetch);
}
