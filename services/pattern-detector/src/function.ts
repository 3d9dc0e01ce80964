/** Thresholds, rates, silence: incidents. */

import type { FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import { detectPatterns, tick } from "./handler.ts";

export const patternDetector: FunctionDeclaration = {
  name: "pattern-detector",
  isConfigured: () => true,
  schedule: "patterns",
  subscribes: ["runs", "drift", "canary", "gate", "healing", "operator"],
  publishes: ["runs", "alerts"],
  pausedByMode: false,
  onEvents: detectPatterns,
  onRun: tick,
};
