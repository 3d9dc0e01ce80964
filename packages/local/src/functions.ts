/** All functions of the system, as the host and the simulator run them. */

import type { Config } from "@kintsugi/config/model";
import type { FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import { canary } from "@kintsugi/canary/function";
import { cleanup } from "@kintsugi/cleanup/function";
import { drift } from "@kintsugi/drift/function";
import { gate } from "@kintsugi/gate/function";
import { healingTracker } from "@kintsugi/healing-tracker/function";
import { patternDetector } from "@kintsugi/pattern-detector/function";
import { slackNotifier } from "@kintsugi/slack-notifier/function";
import { webhookNotifier } from "@kintsugi/webhook-notifier/function";

export const allFunctions: readonly FunctionDeclaration[] = [
  drift,
  canary,
  gate,
  cleanup,
  healingTracker,
  patternDetector,
  slackNotifier,
  webhookNotifier,
];

/** A function that the configuration gives nothing to do does not run. */
export function configuredFunctions(config: Config): readonly FunctionDeclaration[] {
  return allFunctions.filter((declaration) => declaration.isConfigured(config));
}

/** Who gets what is published on each topic: one subscription per function and topic, named by the function. */
export function subscriptionsOf(declarations: readonly FunctionDeclaration[]): Record<string, string[]> {
  const subscriptions: Record<string, string[]> = {};
  for (const { name, subscribes } of declarations) for (const topic of subscribes) (subscriptions[topic] ??= []).push(name);
  return subscriptions;
}
