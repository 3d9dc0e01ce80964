/** Topic operator: what people say. */

import { z } from "zod";
import { Id, Time } from "./fields.ts";

const Said = { actor: Id.default("unknown"), reason: z.string().default(""), until: Time.optional() };

export const IncidentAcknowledged = z.object({ ...Said, incident: Id });
export type IncidentAcknowledged = z.infer<typeof IncidentAcknowledged>;

export const IncidentSilenced = z.object({ ...Said, incident: Id });
export type IncidentSilenced = z.infer<typeof IncidentSilenced>;

export const Mode = z.enum(["normal", "off-season", "maintenance"]);
export type Mode = z.infer<typeof Mode>;

export const ModeSet = z.object({ ...Said, mode: Mode });
export type ModeSet = z.infer<typeof ModeSet>;

export const HealingPaused = z.object({ ...Said, healer: Id.optional() });
export const HealApproved = z.object({ ...Said, target: Id, healer: Id });
export const GateOverridden = z.object({ ...Said, gate: Id });
