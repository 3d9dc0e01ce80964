/** Every event of the system: its name, its topic and the form of its data. All else about events derives from here. */

import type { z } from "zod";
import { IncidentChanged, RepairsRecorded } from "./alerts.ts";
import { CanaryEvaluated } from "./canary.ts";
import { MessageDeadLettered } from "./dead-letter.ts";
import { NotificationDelivered, NotificationFailed } from "./delivery.ts";
import { DriftEvaluated } from "./drift.ts";
import { GateDecided } from "./gate.ts";
import { HealingCompleted, HealingRequested } from "./healing.ts";
import {
  GateOverridden,
  GateWaived,
  HealApproved,
  HealingPaused,
  HealingResumed,
  HealReleased,
  HealUndone,
  IncidentAcknowledged,
  IncidentClosed,
  IncidentSilenced,
  ModeSet,
} from "./operator.ts";
import { RunCompleted } from "./runs.ts";
import type { Topic } from "./topics.ts";

export const catalogue = {
  "run.completed": { topic: "runs", data: RunCompleted },
  "drift.evaluated": { topic: "drift", data: DriftEvaluated },
  "canary.evaluated": { topic: "canary", data: CanaryEvaluated },
  "gate.decided": { topic: "gate", data: GateDecided },
  "healing.requested": { topic: "healing", data: HealingRequested },
  "healing.completed": { topic: "healing", data: HealingCompleted },
  "incident.opened": { topic: "alerts", data: IncidentChanged },
  "incident.updated": { topic: "alerts", data: IncidentChanged },
  "incident.resolved": { topic: "alerts", data: IncidentChanged },
  "repairs.recorded": { topic: "alerts", data: RepairsRecorded },
  "incident.acknowledged": { topic: "operator", data: IncidentAcknowledged },
  "incident.silenced": { topic: "operator", data: IncidentSilenced },
  "incident.closed": { topic: "operator", data: IncidentClosed },
  "mode.set": { topic: "operator", data: ModeSet },
  "healing.paused": { topic: "operator", data: HealingPaused },
  "healing.resumed": { topic: "operator", data: HealingResumed },
  "heal.approved": { topic: "operator", data: HealApproved },
  "heal.released": { topic: "operator", data: HealReleased },
  "heal.undone": { topic: "operator", data: HealUndone },
  "gate.overridden": { topic: "operator", data: GateOverridden },
  "gate.waived": { topic: "operator", data: GateWaived },
  "notification.delivered": { topic: "delivery", data: NotificationDelivered },
  "notification.failed": { topic: "delivery", data: NotificationFailed },
  "message.dead_lettered": { topic: "dead-letter", data: MessageDeadLettered },
} as const satisfies Record<string, { topic: Topic; data: z.ZodType }>;

export type EventType = keyof typeof catalogue;

export type DataOf<T extends EventType> = z.infer<(typeof catalogue)[T]["data"]>;

export function isEventType(name: string): name is EventType {
  return Object.hasOwn(catalogue, name);
}
