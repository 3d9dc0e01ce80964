/** Topic operator: what people say. Each is acted on, or refused with the reason. */

import { z } from "zod";
import { Id, Time } from "./fields.ts";

const Said = {
  /** Who says it: the verified identity where a door of ours has one, else the name that was given. */
  actor: Id.default("unknown"),
  /** The name that was given, where `actor` is verified and another. */
  claimed: Id.optional(),
  reason: z.string().default(""),
  until: Time.optional(),
};

export const IncidentAcknowledged = z.object({ ...Said, incident: Id });
/** Without `until` it lasts until the incident is resolved. */
export const IncidentSilenced = z.object({ ...Said, incident: Id });
/** Of a day: it counts as settled, good or not. Without `day` the whole incident. */
export const IncidentClosed = z.object({ ...Said, incident: Id, day: z.iso.date().optional() });

export const Mode = z.enum(["normal", "off-season", "maintenance"]);
export type Mode = z.infer<typeof Mode>;

export const ModeSet = z.object({ ...Said, mode: Mode });

/** Without `healer`: all of them. */
export const HealingPaused = z.object({ ...Said, healer: Id.optional() });
export const HealingResumed = z.object({ ...Said, healer: Id.optional() });
export const HealApproved = z.object({ ...Said, healer: Id, target: Id });
export const HealReleased = z.object({ ...Said, healer: Id, target: Id });
export const HealUndone = z.object({ ...Said, healer: Id, target: Id });
/** Without `day`: the questions of all days, until `until`. */
export const GateOverridden = z.object({ ...Said, gate: Id, day: z.iso.date().optional() });
export const GateWaived = z.object({ ...Said, gate: Id, entity: Id });
