/** May this phase start on this data? */

import { isConfigured } from "@kintsugi/config/configured";
import type { FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import { answerGate } from "./handler.ts";
import { obeyOperator } from "./obey-operator.ts";

export const gate: FunctionDeclaration<"warehouse"> = {
  name: "gate",
  channel: "gate",
  isConfigured: (config) => isConfigured("gate", config),
  subscribes: ["operator"],
  publishes: ["gate"],
  onEvents: obeyOperator,
  routes: (dependencies) => [{ method: "POST", path: "/gates/{gate}/decisions", handle: answerGate(dependencies) }],
};
