/** A fault of one port for a while. */

import { z } from "zod";

export const PortName = z.enum(["warehouse", "documents", "bus", "slack", "deployments", "history", "clock"]);
export type PortName = z.infer<typeof PortName>;

export const FaultKind = z.enum(["unavailable", "slow", "ambiguous", "denied", "partial", "rate_limited"]);
export type FaultKind = z.infer<typeof FaultKind>;

export type Fault = { readonly port: PortName; readonly kind: FaultKind; readonly fromMs: number; readonly untilMs: number };
