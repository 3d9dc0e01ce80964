/** What the warehouse answered for a metric, as values: of each day, and of each entity. Pure. */

import { type Exact, minus, ZERO, compareExact } from "@kintsugi/config/exact";
import type { Metric } from "@kintsugi/config/model";
import type { Json, JsonObject } from "@kintsugi/ports/json";
import type { QueryResult } from "@kintsugi/ports/warehouse";
import { columnOf, type Part } from "./aggregate.ts";
import { isPerDay, isPerEntity, type TableQuestion, typeOf } from "./compile.ts";
import { binaryValue, divideValue, readNumber, type Value, valueOf } from "./value.ts";

/** What the warehouse said for one metric of one day. */
export type Measured = {
  readonly value: Value | null;
  /** The number per entity, by its key, where the metric is judged so; one that is missing here has no row. */
  readonly byEntity?: ReadonlyMap<string, Exact>;
};

export type DayAnswer = {
  /** Undefined where the day has no row. */
  readonly total: JsonObject | undefined;
  /** By the entity's key. */
  readonly byEntity: ReadonlyMap<string, JsonObject> | undefined;
};

const MICROS: Exact = { numerator: 1_000_000n, denominator: 1n };

/** The rows that tell of one day. @param day undefined where all rows are looked at */
export function answerOf(question: TableQuestion, { rows }: QueryResult, day: string | undefined): DayAnswer {
  const isAsked = question.days === undefined || question.days.some((asked) => asked.day === day);
  const ofDay = !isAsked ? [] : isPerDay(question) ? rows.filter((row) => row["day"] === day) : rows;
  if (!isPerEntity(question)) return { total: ofDay[0], byEntity: undefined };
  const named = ofDay.filter((row) => !isTotal(row) && row["entity"] !== null);
  return { total: ofDay.find(isTotal), byEntity: new Map(named.map((row) => [String(row["entity"]), row])) };
}

export type Measuring = {
  readonly metric: Metric;
  /** Of the metric in the question. */
  readonly index: number;
  readonly question: TableQuestion;
  readonly types: QueryResult["types"];
  readonly nowMs: number;
};

/** @throws where the answer is no number */
export function measure(measuring: Measuring, { total, byEntity }: DayAnswer): Measured {
  const value = total === undefined ? valueWithoutRows(measuring.metric) : readValue(measuring, total);
  if (byEntity === undefined) return { value };
  const counts = [...byEntity].map(([key, row]) => [key, readValue(measuring, row)?.exact ?? ZERO] as const);
  return { value, byEntity: new Map(counts) };
}

/** A day without rows has no group in the answer of several days. */
function valueWithoutRows({ aggregate }: Metric): Value | null {
  const isCount = aggregate === "count" || aggregate === "count_distinct" || aggregate === "null_count" || aggregate === "duplicate_count";
  return isCount ? valueOf(ZERO) : null;
}

function readValue(measuring: Measuring, row: JsonObject): Value | null {
  const { metric, nowMs } = measuring;
  const read = (part: Part): Exact | null => readPart(measuring, row, part);
  const given = read("value");
  if (given === null) return null;
  if (metric.aggregate === "age") return valueOf(ageOf(given, nowMs));
  const scale = read("scale") ?? (isBinary(measuring) ? given : null);
  const value = scale === null ? valueOf(given) : binaryValue(given, scale);
  if (metric.aggregate !== "null_rate" && metric.aggregate !== "zero_rate" && metric.aggregate !== "avg") return value;
  const of = read("of");
  return of === null || of.numerator === 0n ? null : divideValue(value, of);
}

/** What is told apart by less than a binary number holds is the same: 0.1 + 0.2 is 0.3. */
function isBinary({ metric: { aggregate, columns }, question }: Measuring): boolean {
  const type = typeOf(question.types, columns[0]);
  return aggregate === "stddev" || ((aggregate === "min" || aggregate === "max") && (type === "float" || type === "single"));
}

/** Seconds since the newest; below zero is zero. */
function ageOf(newestMicros: Exact, nowMs: number): Exact {
  const age = minus({ numerator: BigInt(Math.round(nowMs * 1_000)), denominator: 1n }, newestMicros);
  return compareExact(age, ZERO) < 0 ? ZERO : { ...age, denominator: age.denominator * MICROS.numerator };
}

function readPart({ metric, index, question, types }: Measuring, row: JsonObject, part: Part): Exact | null {
  const column = columnOf(index, part);
  const given: Json | undefined = row[column];
  return readNumber(given, metric.columns[0] ?? metric.name, types?.[column] ?? typeOf(question.types, metric.columns[0]));
}

function isTotal(row: JsonObject): boolean {
  return Number(row["is_total"]) === 1;
}
