/** What the warehouse answered, as numbers; and what it did not answer. Pure. */

import type { Metric } from "@kintsugi/config/model";
import type { MetricResult } from "@kintsugi/events/canary";
import { shorten } from "@kintsugi/events/shorten";
import { messageOf } from "@kintsugi/ports/failure";

const MAX_REASON = 500;

export function unknown(metric: Metric, error: unknown): MetricResult {
  return { name: metric.name, verdict: "unknown", actual: null, reason: shorten(messageOf(error), MAX_REASON) };
}

export function numberOf(value: unknown): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)) ? Number(value) : null;
}
