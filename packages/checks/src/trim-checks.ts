/** Ever shorter forms of a run's verdicts, for an event that would be too large. No verdict is ever left out. Pure. */

import type { CheckResult, MetricResult } from "@kintsugi/events/canary";
import { shorten } from "@kintsugi/events/shorten";

type Form = { readonly metrics: number; readonly entities: number; readonly samples: number; readonly text: number };

/** Ok metrics leave first: what is well needs no words. */
const FORMS: readonly Form[] = [
  { metrics: 50, entities: 20, samples: 1, text: 500 },
  { metrics: 5, entities: 5, samples: 0, text: 300 },
  { metrics: 3, entities: 0, samples: 0, text: 150 },
  { metrics: 1, entities: 0, samples: 0, text: 80 },
  { metrics: 0, entities: 0, samples: 0, text: 80 },
  { metrics: 0, entities: 0, samples: 0, text: 0 },
];

export const shorterChecks: readonly ((checks: readonly CheckResult[]) => CheckResult[])[] = FORMS.map(
  (form) => (checks) => checks.map((check) => trim(check, form)),
);

/** What made the verdict comes first. */
const TELLING: readonly MetricResult["verdict"][] = ["finding", "unknown", "warn", "not_applicable"];

function trim({ reason, metrics, ...check }: CheckResult, { metrics: count, entities, samples, text }: Form): CheckResult {
  const telling = TELLING.flatMap((verdict) => metrics.filter((metric) => metric.verdict === verdict));
  const trimmed = telling.slice(0, count).map((metric): MetricResult => {
    const named = metric.entities?.slice(0, entities) ?? [];
    const rows = metric.samples?.slice(0, samples) ?? [];
    return {
      name: metric.name,
      verdict: metric.verdict,
      actual: metric.actual,
      ...(metric.expected === undefined ? {} : { expected: shorten(metric.expected, text) }),
      ...(metric.reason === undefined ? {} : { reason: shorten(metric.reason, text) }),
      ...(named.length === 0 ? {} : { entities: named }),
      ...(rows.length === 0 ? {} : { samples: rows }),
    };
  });
  return { ...check, ...(reason === undefined || text === 0 ? {} : { reason: shorten(reason, text) }), metrics: trimmed };
}
