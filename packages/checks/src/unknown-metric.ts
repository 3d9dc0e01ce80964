/** What the warehouse could not say of a metric. Pure. */

import type { Metric } from "@kintsugi/config/model";
import type { MetricResult } from "@kintsugi/events/canary";
import { shorten } from "@kintsugi/events/shorten";
import { messageOf } from "@kintsugi/ports/failure";

const MAX_REASON = 500;

export function unknownMetric(metric: Metric, error: unknown): MetricResult {
  return { name: metric.name, verdict: "unknown", actual: null, reason: shorten(messageOf(error), MAX_REASON) };
}
