/** Incidents as JSON, for receivers other than Slack. */

import type { FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import { NOTIFIER, notify, tellOpen } from "./handler.ts";

export const webhookNotifier: FunctionDeclaration<"sendWebhook"> = {
  name: NOTIFIER,
  channel: "watch",
  isConfigured: (config) => config.receivers.length > 0,
  schedule: "patterns",
  subscribes: ["alerts"],
  publishes: ["delivery", "runs"],
  overlaps: true,
  onRun: tellOpen,
  onEvents: notify,
};
