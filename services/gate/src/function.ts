/** May this phase start on this data? */

import type { FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import { answerGate } from "./handler.ts";

export const gate: FunctionDeclaration = {
  name: "gate",
  isConfigured: (config) => config.gates.length > 0,
  subscribes: [],
  publishes: ["gate"],
  routes: (dependencies) => [{ method: "POST", path: "/gates/{gate}/decisions", handle: answerGate(dependencies) }],
};
