/** Durations, sizes, shares and conditions as kintsugi.yaml writes them. Pure. */

import type { Condition } from "./model.ts";

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
export const SIZE = /^\d+(?:\.\d+)? ?(?:B|[KMGT]i?B)$/;
export const PERCENT = /^\d+(?:\.\d+)?%$/;
const OPERATOR = /^(<=|>=|!=|<|>|=)\s*(.+)$/;
const OUTSIDE = /^outside\s+(-?\d+(?:\.\d+)?)\s*\.\.\s*(-?\d+(?:\.\d+)?)$/;
const EXPECTED = /^(?:(-?\d+(?:\.\d+)?)\s*\*\s*)?expected$/;
const NUMBER = /^-?\d+(?:\.\d+)?$/;

export const conditionForm = '<, <=, >, >=, = or != with a number, a percentage, a duration or "number * expected"; or "outside 5 .. 20"';

export function durationMs(text: string): number {
  return Number(text.slice(0, -1)) * UNIT_MS[text.slice(-1)]!;
}

export function sizeBytes(text: string): number {
  const [, amount, unit] = /^([\d.]+) ?([A-Za-z]+)$/.exec(text)!;
  return Number(amount) * SIZES[unit!]!;
}

export function percentRatio(text: string): number {
  return Number(text.slice(0, -1)) / 100;
}

/** Undefined when the text is no condition. Percentages become ratios, durations seconds. */
export function parseCondition(given: string): Condition | undefined {
  const text = given.trim();
  const outside = OUTSIDE.exec(text);
  if (outside !== null) return { op: "outside", low: Number(outside[1]), high: Number(outside[2]), text };
  const match = OPERATOR.exec(text);
  if (match === null) return undefined;
  const op = match[1] as Exclude<Condition["op"], "outside">;
  const operand = match[2]!.trim();
  const expected = EXPECTED.exec(operand);
  if (expected !== null) return { op, value: Number(expected[1] ?? 1), timesExpected: true, text };
  const value = operandValue(operand);
  return value === undefined ? undefined : { op, value, timesExpected: false, text };
}

function operandValue(text: string): number | undefined {
  if (NUMBER.test(text)) return Number(text);
  if (PERCENT.test(text)) return percentRatio(text);
  return DURATION.test(text) ? durationMs(text) / 1_000 : undefined;
}
