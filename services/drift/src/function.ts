/** What serves, against what was committed. */

import type { FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import { evaluateDrift } from "./handler.ts";

export const drift: FunctionDeclaration<"deployments" | "history"> = {
  name: "drift",
  channel: "drift",
  isConfigured: (config) => config.drift !== undefined && config.drift.services.length > 0,
  schedule: "drift",
  subscribes: [],
  publishes: ["runs", "drift"],
  onRun: evaluateDrift,
};
