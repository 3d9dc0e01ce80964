/** The data of every phase, against expectations. */

import type { FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import { evaluateCanary } from "./handler.ts";

export const canary: FunctionDeclaration = {
  name: "canary",
  isConfigured: (config) => config.phases.some((phase) => phase.checks.length > 0),
  schedule: "canary",
  subscribes: [],
  publishes: ["runs", "canary"],
  onRun: evaluateCanary,
};
