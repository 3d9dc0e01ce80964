/** From the form of healers and patterns to what they mean. */

import { defaultHealer } from "./defaults.ts";
import { definedOnly } from "./defined-only.ts";
import type { ConfigForm, PatternForm } from "./form.ts";
import type { Healer } from "./healer.ts";
import type { IncidentPolicy, Pattern } from "./model.ts";
import { policyOf } from "./resolve-incidents.ts";
import { durationMs, parsePlainCondition, percentRatio } from "./units.ts";

export function healerOf(name: string, form: NonNullable<ConfigForm["healers"]>[string]): Healer {
  const ms = (text: string | undefined, fallback: number): number => (text === undefined ? fallback : durationMs(text));
  const { limits } = defaultHealer;
  const { completed, ...names } = form.fields ?? {};
  return {
    name,
    batches: form.batches,
    mode: form.mode ?? defaultHealer.mode,
    fields: { ...defaultHealer.fields, ...definedOnly(names), ...(typeof completed === "string" ? { completed } : {}) },
    ...(typeof completed === "object" ? { completions: completed.collection } : {}),
    stalledAfterMs: ms(form.stalled_after, defaultHealer.stalledAfterMs),
    completeAt: form.complete_at === undefined ? defaultHealer.completeAt : percentRatio(form.complete_at),
    maxAgeMs: ms(form.max_age, defaultHealer.maxAgeMs),
    reasons: { permanent: form.reasons?.permanent ?? [], transient: form.reasons?.transient ?? [] },
    verify: {
      afterMs: ms(form.verify?.after, defaultHealer.verify.afterMs),
      ...definedOnly({ sql: form.verify?.sql, document: form.verify?.document }),
    },
    limits: {
      perTarget: form.limits?.per_target ?? limits.perTarget,
      cooldownMs: ms(form.limits?.cooldown, limits.cooldownMs),
      perHour: form.limits?.per_hour ?? limits.perHour,
      blastRadius: form.limits?.blast_radius === undefined ? limits.blastRadius : percentRatio(form.limits.blast_radius),
    },
  };
}

export function patternOf(name: string, form: PatternForm, incidents: IncidentPolicy): Pattern {
  const base = {
    name,
    by: form.by,
    withinMs: durationMs(form.within),
    severity: form.severity,
    incidents: policyOf(form.incidents, incidents),
  };
  if (form.count !== undefined) return { ...base, rule: { kind: "count", condition: parsePlainCondition(form.count)! } };
  const confidence = form.confidence === undefined ? {} : { confidence: percentRatio(form.confidence) };
  return {
    ...base,
    rule: {
      kind: "failure_rate",
      condition: parsePlainCondition(form.failure_rate ?? "> 100%")!,
      minEvents: form.min_events ?? 1,
      ...confidence,
    },
  };
}
