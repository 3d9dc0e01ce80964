/** One living message per incident. */

import type { FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import { notify } from "./handler.ts";

export const slackNotifier: FunctionDeclaration = {
  name: "slack-notifier",
  isConfigured: () => true,
  subscribes: ["alerts"],
  publishes: ["delivery"],
  onEvents: notify,
};
