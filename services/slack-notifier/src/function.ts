/** One living message per incident. */

import type { FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import { slackActions } from "./actions.ts";
import { NOTIFIER, notify, tellOpen } from "./handler.ts";

export const slackNotifier: FunctionDeclaration<"chat" | "sendWebhook"> = {
  name: NOTIFIER,
  channel: "watch",
  isConfigured: () => true,
  schedule: "patterns",
  subscribes: ["alerts"],
  publishes: ["delivery", "operator", "runs"],
  overlaps: true,
  onRun: tellOpen,
  onEvents: notify,
  routes: (dependencies) => [slackActions(dependencies)],
};
