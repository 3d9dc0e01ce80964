/** Durations, sizes, shares and conditions as kintsugi.yaml writes them. Pure. */

import type { Comparison, Condition, HistoryCondition, PlainCondition } from "./model.ts";

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SIZES: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

export const DURATION = /^\d+(?:\.\d+)?[smhd]$/;
/** A duration above zero. */
export const SPAN = /^(?=.*[1-9])\d+(?:\.\d+)?[smhd]$/;
export const SIZE = /^\d+(?:\.\d+)? ?(?:B|[KMGT]i?B)$/;
export const PERCENT = /^\d+(?:\.\d+)?%$/;
/** A percentage of at most the whole. */
export const SHARE = /^0*(?:100(?:\.0+)?|\d{1,2}(?:\.\d+)?)%$/;
const NUMBER = String.raw`-?\d+(?:\.\d+)?`;
const OPERAND = String.raw`${NUMBER}|\d+(?:\.\d+)?[%smhd]`;
const EXPECTED = String.raw`(?:${NUMBER}\s*\*\s*)?expected`;
/** Operator and operand, or the two ends of a range. */
const PLAIN = String.raw`(<=|>=|!=|<|>|=)\s*(${OPERAND}|${EXPECTED})|outside\s+(${OPERAND})\s*\.\.\s*(${OPERAND})`;
const WEEKDAYS = String.raw`same\s+weekday\s+\d+w`;
const EARLIER = String.raw`(<=|>=|!=|<|>|=)\s*(\d+(?:\.\d+)?%)\s+of\s+(${WEEKDAYS}|median\s+\d+d)|outside\s+(\d+(?:\.\d+)?)\s+sigma\s+(\d+d)`;
export const PLAIN_CONDITION = new RegExp(String.raw`^\s*(?:${PLAIN})\s*$`);
const HISTORY_CONDITION = new RegExp(String.raw`^\s*(?:${EARLIER})\s*$`);
export const CONDITION = new RegExp(String.raw`^\s*(?:${PLAIN}|${EARLIER})\s*$`);

export const plainForm = '<, <=, >, >=, = or != with a number, a percentage, a duration or "number * expected"; or "outside 5 .. 20"';
export const conditionForm = `${plainForm}; or against earlier days "< 70% of same weekday 4w", "> 150% of median 14d", "outside 3 sigma 28d"`;

export type Unit = "number" | "percentage" | "duration" | "expected";

export function durationMs(text: string): number {
  return Number(text.slice(0, -1)) * UNIT_MS[text.slice(-1)]!;
}

export function sizeBytes(text: string): number {
  const [, amount, unit] = /^([\d.]+) ?([A-Za-z]+)$/.exec(text)!;
  return Number(amount) * SIZES[unit!]!;
}

export function percentRatio(text: string): number {
  // Dividing by 100 would miss the nearest binary number: 99.9 / 100 is more than 0.999.
  return Number(`${text.slice(0, -1)}e-2`);
}

/** Undefined when the text is no condition. Percentages become ratios, durations seconds. */
export function parseCondition(given: string): Condition | undefined {
  return parsePlainCondition(given) ?? parseHistoryCondition(given);
}

/** One that needs no earlier values. */
export function parsePlainCondition(given: string): PlainCondition | undefined {
  const match = PLAIN_CONDITION.exec(given);
  if (match === null) return undefined;
  const text = given.trim();
  const [, op, operand, low, high] = match;
  if (low !== undefined && high !== undefined)
    return unitOf(low) === unitOf(high) ? { op: "outside", low: amountOf(low), high: amountOf(high), text } : undefined;
  const timesExpected = unitOf(operand!) === "expected";
  return { op: op as Comparison, value: amountOf(operand!), timesExpected, text };
}

function parseHistoryCondition(given: string): HistoryCondition | undefined {
  const match = HISTORY_CONDITION.exec(given);
  if (match === null) return undefined;
  const text = given.trim();
  const [, op, share, span, sigmas, days] = match;
  if (sigmas !== undefined) return { op: "outside", sigmas: Number(sigmas), history: historyOf(days!), text };
  return { op: op as Comparison, share: percentRatio(share!), history: historyOf(span!), text };
}

function historyOf(span: string): HistoryCondition["history"] {
  return { stepDays: span.endsWith("w") ? 7 : 1, count: Number.parseInt(/\d+/.exec(span)![0], 10) };
}

export function isHistoric(condition: Condition): condition is HistoryCondition {
  return "history" in condition;
}

/** What a condition compares with. */
export function conditionUnit({ text }: PlainCondition): Unit {
  return unitOf(text);
}

function unitOf(text: string): Unit {
  if (text.endsWith("expected")) return "expected";
  if (text.endsWith("%")) return "percentage";
  return /[smhd]$/.test(text) ? "duration" : "number";
}

function amountOf(text: string): number {
  switch (unitOf(text)) {
    case "expected":
      return Number(/^[^*\s]+(?=\s*\*)/.exec(text)?.[0] ?? 1);
    case "percentage":
      return percentRatio(text);
    case "duration":
      return durationMs(text) / 1_000;
    case "number":
      return Number(text);
  }
}
