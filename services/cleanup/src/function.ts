/** Stalled batches: prove, heal, report. */

import type { FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import { cleanUp } from "./handler.ts";
import { obeyOperator } from "./obey-operator.ts";

export const cleanup: FunctionDeclaration<"warehouse"> = {
  name: "cleanup",
  channel: "healing",
  isConfigured: (config) => config.healers.length > 0,
  schedule: "cleanup",
  subscribes: ["operator"],
  publishes: ["runs", "healing"],
  onEvents: obeyOperator,
  onRun: cleanUp,
};
