/** Stalled batches: prove, heal, report. */

import type { FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import { cleanUp } from "./handler.ts";

export const cleanup: FunctionDeclaration = {
  name: "cleanup",
  isConfigured: (config) => config.healers.length > 0,
  schedule: "cleanup",
  subscribes: [],
  publishes: ["runs", "healing"],
  onRun: cleanUp,
};
