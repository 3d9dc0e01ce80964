/** The ledger: every event into the document store and the warehouse. */

import { topics } from "@kintsugi/events/topics";
import type { FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import { recordEvents } from "./handler.ts";
import { reconcileClosedHours } from "./reconcile-closed-hours.ts";

export const healingTracker: FunctionDeclaration<"ledger"> = {
  name: "healing-tracker",
  channel: "watch",
  isConfigured: () => true,
  schedule: "reconcile",
  subscribes: topics,
  publishes: ["runs"],
  pausedByMode: false,
  onEvents: recordEvents,
  onRun: reconcileClosedHours,
};
