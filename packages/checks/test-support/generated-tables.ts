/** Generated tables of every type, and what each metric of a day is by the rows alone, in whole numbers. */

import type { Metric } from "@kintsugi/config/model";

const HOUR = 3_600_000;
const firstDay = Date.parse("2026-02-16T00:00:00Z");
const dayText = (index: number): string => new Date(firstDay + index * 24 * HOUR).toISOString().slice(0, 10);
/** After all generated days. */
export const nowMs = firstDay + 600 * 24 * HOUR;

/** New York, whose clocks went forward on 2026-03-08 and back on 2026-11-01, and so on, each at a known instant. */
const CHANGES = ["2026-03-08T07:00Z", "2026-11-01T06:00Z", "2027-03-14T07:00Z", "2027-11-07T06:00Z"].map((at) => Date.parse(at));
const offsetHours = (ms: number): number => (CHANGES.filter((at) => at <= ms).length % 2 === 1 ? -4 : -5);
const businessDayOf = (ms: number): string => new Date(ms + offsetHours(ms) * HOUR).toISOString().slice(0, 10);

/** Mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Amounts are ten-thousandths, so that the oracle adds whole numbers. */
export type Row = {
  readonly day: string;
  readonly daySql: string;
  readonly id: string | null;
  readonly idSql: string;
  readonly amount: bigint | null;
  readonly atMs: number | null;
  readonly atSql: string;
  readonly name: string | null;
};
export type Choose = <T>(choices: readonly T[]) => T;
export type Generated = {
  readonly rows: readonly Row[];
  readonly types: { readonly day: string; readonly id: string; readonly amount: string; readonly at: string };
  readonly listed: ReadonlyMap<string, ReadonlySet<string>>;
  readonly planId: string;
};

const offsets = ["Z", "+09:00", "-05:00", "+05:30"];
function timeSql(type: string, ms: number, pick: Choose): string {
  const iso = new Date(ms).toISOString().slice(0, 19);
  if (type === "TIMESTAMP") return `'${iso}'`;
  const offset = pick(offsets);
  const shifted = offset === "Z" ? 0 : Number(`${offset[0]}1`) * (Number(offset.slice(1, 3)) + Number(offset.slice(4)) / 60);
  return `'${new Date(ms + shifted * HOUR).toISOString().slice(0, 19)}${offset}'`;
}
export function idSql(type: string, id: string, pick: Choose): string {
  if (type !== "VARCHAR") return id;
  return `'${pick([id, `00${id}`, `${id}.0`])}'`;
}
export const amountSql = (amount: bigint | null): string => {
  if (amount === null) return "NULL";
  const digits = String(amount < 0n ? -amount : amount).padStart(5, "0");
  return `${amount < 0n ? "-" : ""}${digits.slice(0, -4)}.${digits.slice(-4)}`;
};

export function generate(random: () => number, size: { readonly days: number; readonly rows: number }): Generated {
  const pick: Choose = (choices) => choices[Math.floor(random() * choices.length)]!;
  const types = {
    day: pick(["DATE", "TIMESTAMP", "TIMESTAMPTZ", "VARCHAR"]),
    id: pick(["BIGINT", "DOUBLE", "DECIMAL(12,2)", "VARCHAR"]),
    amount: pick(["DECIMAL(18,4)", "DECIMAL(30,6)", "DOUBLE", "FLOAT"]),
    at: pick(["TIMESTAMP", "TIMESTAMPTZ", "VARCHAR"]),
  };
  const step = types.amount === "FLOAT" ? 1_000n : 1n;
  const rows = Array.from({ length: size.rows }, (): Row => {
    const midnight = firstDay + Math.floor(random() * size.days) * 24 * HOUR;
    const dayMs = midnight + pick([4, 5]) * HOUR + pick([-1_000, 0, 1_000, 7 * HOUR]);
    const isDate = types.day === "DATE" || (types.day === "VARCHAR" && random() < 0.3);
    const id = random() < 0.1 ? null : String(pick([7, 8, 9, 22_500_714]));
    const atMs = random() < 0.1 ? null : midnight + Math.floor(random() * 24 * 3_600) * 1_000;
    return {
      day: isDate ? dayText((midnight - firstDay) / (24 * HOUR)) : businessDayOf(dayMs),
      daySql: isDate ? `'${new Date(midnight).toISOString().slice(0, 10)}'` : timeSql(types.day, dayMs, pick),
      id,
      idSql: id === null ? "NULL" : idSql(types.id, id, pick),
      amount: random() < 0.2 ? null : BigInt(Math.floor(random() * 21) - 10) * pick([0n, step, 1_000n, 33_000n]),
      atMs,
      atSql: atMs === null ? "NULL" : timeSql(types.at, atMs, pick),
      name: pick([null, "a", "b", "a, b"]),
    };
  });
  const all = Array.from({ length: size.days }, (_, index) => dayText(index));
  const listed = new Map(all.map((day) => [day, new Set(["7", "8", "9", "22500714"].filter(() => random() < 0.6))]));
  return { rows, types, listed, planId: pick(["BIGINT", "DOUBLE", "VARCHAR"]) };
}

type Rational = { readonly over: bigint; readonly under: bigint };
export type Facts = { readonly due: readonly Row[]; readonly all: readonly Row[] };
const count = (n: number): Rational => ({ over: BigInt(n), under: 1n });
const amounts = ({ due }: Facts): bigint[] => due.flatMap(({ amount }) => amount ?? []);
const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);
const extreme = (values: readonly bigint[], isBetter: (a: bigint, b: bigint) => boolean): Rational | null =>
  values.length === 0 ? null : { over: values.reduce((best, value) => (isBetter(value, best) ? value : best)), under: 10_000n };

/** What each metric is, by the rows alone. */
export const oracles: Readonly<Record<string, { readonly metric: Measure; readonly value: (facts: Facts) => Rational | null }>> = {
  rows: { metric: ["count", ["*"]], value: ({ due }) => count(due.length) },
  filled: { metric: ["count", ["amount"]], value: (facts) => count(amounts(facts).length) },
  names: { metric: ["count_distinct", ["name"]], value: ({ due }) => count(new Set(due.flatMap(({ name }) => name ?? [])).size) },
  unnamed: { metric: ["null_count", ["name"]], value: ({ due }) => count(due.filter(({ name }) => name === null).length) },
  nameless: {
    metric: ["null_rate", ["name"]],
    value: ({ due }) =>
      due.length === 0 ? null : { over: BigInt(due.filter(({ name }) => name === null).length), under: BigInt(due.length) },
  },
  ids: { metric: ["null_count", ["id"]], value: ({ all }) => count(all.filter(({ id }) => id === null).length) },
  zeros: {
    metric: ["zero_rate", ["amount"]],
    value: ({ due }) =>
      due.length === 0 ? null : { over: BigInt(due.filter(({ amount }) => amount === 0n).length), under: BigInt(due.length) },
  },
  twins: {
    metric: ["duplicate_count", ["id", "name"]],
    value: ({ due }) => count(due.length - new Set(due.map(({ idSql: id, name }) => JSON.stringify([id, name]))).size),
  },
  least: { metric: ["min", ["amount"]], value: (facts) => extreme(amounts(facts), (a, b) => a < b) },
  most: { metric: ["max", ["amount"]], value: (facts) => extreme(amounts(facts), (a, b) => a > b) },
  total: {
    metric: ["sum", ["amount"]],
    value: (facts) => (amounts(facts).length === 0 ? null : { over: sum(amounts(facts)), under: 10_000n }),
  },
  mean: {
    metric: ["avg", ["amount"]],
    value: (facts) => (amounts(facts).length === 0 ? null : { over: sum(amounts(facts)), under: 10_000n * BigInt(amounts(facts).length) }),
  },
  age: {
    metric: ["age", ["moment"]],
    value({ due }) {
      const times = due.flatMap(({ atMs }) => atMs ?? []);
      return times.length === 0 ? null : { over: BigInt(Math.max(0, nowMs - Math.max(...times))), under: 1_000n };
    },
  },
};
type Measure = readonly [NonNullable<Metric["aggregate"]>, readonly string[]];

/** A threshold of so many ten-thousandths, near a value that a day really has. */
export type Rule = { readonly name: string; readonly op: string; readonly limit: bigint };

export function ruleOf(name: string, facts: readonly Facts[], pick: Choose): Rule {
  const isWhole = ["count", "count_distinct", "null_count", "duplicate_count", "age"].includes(oracles[name]!.metric[0]);
  const unit = isWhole ? 10_000n : pick([1n, 10n]);
  const { over, under } = oracles[name]!.value(pick(facts)) ?? { over: 1n, under: 1n };
  const limit = ((over * 10_000n) / under / unit) * unit + unit * pick([-1n, 0n, 1n]);
  return { name, op: pick(["<", "<=", ">", ">=", "=", "!="]), limit };
}

export function conditionOf({ name, op, limit }: Rule): string {
  const [aggregate] = oracles[name]!.metric;
  if (aggregate === "null_rate" || aggregate === "zero_rate") return `${op} ${amountSql(limit * 100n).replace("-", "")}%`;
  return `${op} ${aggregate === "age" ? `${limit / 10_000n}s` : amountSql(limit)}`;
}

export function verdictOf({ name, op, limit }: Rule, facts: Facts): string {
  const value = oracles[name]!.value(facts);
  if (value === null) return "finding";
  const isRate = name === "nameless" || name === "zeros";
  const [left, right] = [value.over * 10_000n, (isRate && limit < 0n ? -limit : limit) * value.under];
  const holds = {
    "<": left < right,
    "<=": left <= right,
    ">": left > right,
    ">=": left >= right,
    "=": left === right,
    "!=": left !== right,
  }[op]!;
  return holds ? "finding" : "ok";
}
