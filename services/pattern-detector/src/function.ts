/** Thresholds, rates, findings, silence: incidents. */

import { isConfigured } from "@kintsugi/config/configured";
import type { FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import { detectPatterns } from "./handler.ts";
import { tick } from "./tick.ts";

export const patternDetector: FunctionDeclaration<never> = {
  name: "pattern-detector",
  channel: "watch",
  isConfigured: (config) => isConfigured("pattern-detector", config),
  schedule: "patterns",
  subscribes: ["runs", "gate", "healing", "operator", "delivery", "dead-letter"],
  publishes: ["runs", "alerts"],
  pausedByMode: false,
  onEvents: detectPatterns,
  onRun: tick,
};
