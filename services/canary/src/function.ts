/** The data of every phase, against expectations. */

import { isConfigured } from "@kintsugi/config/configured";
import type { FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import { evaluateCanary } from "./handler.ts";

export const canary: FunctionDeclaration<"warehouse"> = {
  name: "canary",
  channel: "canary",
  isConfigured: (config) => isConfigured("canary", config),
  schedule: "canary",
  subscribes: [],
  publishes: ["runs", "canary"],
  onRun: evaluateCanary,
};
