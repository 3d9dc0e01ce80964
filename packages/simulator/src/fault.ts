/** A fault of one port for a while. */

export type PortName = "warehouse" | "documents" | "bus" | "slack" | "deployments" | "history" | "clock";

export type FaultKind = "unavailable" | "slow" | "ambiguous" | "denied" | "partial" | "rate_limited";

export type Fault = { readonly port: PortName; readonly kind: FaultKind; readonly fromMs: number; readonly untilMs: number };
