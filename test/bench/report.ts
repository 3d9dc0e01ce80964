/** The figures as people and machines read them. Pure. */

import Table from "cli-table3";
import { perSecond, quantile } from "./statistics.ts";
import type { Throughput } from "./throughput.ts";

export type Measured = {
  readonly baselineMs: readonly number[];
  readonly messageMs: readonly number[];
  readonly perRequest: number;
  readonly batches: Throughput;
  readonly oneByOne: Throughput;
};

/** Milliseconds, events per second, and each as a multiple of the baseline's. */
export type Figures = {
  readonly baseline: { readonly p50_ms: number; readonly p99_ms: number; readonly per_second: number };
  readonly event_to_message: {
    readonly p50_ms: number;
    readonly p99_ms: number;
    readonly p50_ratio: number;
    readonly p99_ratio: number;
    readonly events: number;
  };
  readonly batches: Rate & { readonly per_request: number };
  readonly one_by_one: Rate;
};
type Rate = { readonly events: number; readonly seconds: number; readonly per_second: number; readonly ratio: number };

export function figuresOf({ baselineMs, messageMs, perRequest, batches, oneByOne }: Measured): Figures {
  const baseline = { p50_ms: quantile(baselineMs, 0.5), p99_ms: quantile(baselineMs, 0.99), per_second: perSecond(baselineMs) };
  const message = { p50_ms: quantile(messageMs, 0.5), p99_ms: quantile(messageMs, 0.99) };
  const rate = ({ events, seconds }: Throughput): Rate => ({
    events,
    seconds,
    per_second: events / seconds,
    ratio: events / seconds / baseline.per_second,
  });
  return {
    baseline,
    event_to_message: {
      ...message,
      p50_ratio: message.p50_ms / baseline.p50_ms,
      p99_ratio: message.p99_ms / baseline.p99_ms,
      events: messageMs.length,
    },
    batches: { ...rate(batches), per_request: perRequest },
    one_by_one: rate(oneByOne),
  };
}

export function tableOf({ baseline, event_to_message: message, batches, one_by_one: oneByOne }: Figures): string {
  const table = new Table({
    head: ["", "p50", "p99", "per second", "to the baseline"],
    colAligns: ["left", "right", "right", "right", "right"],
    style: { head: [], border: [] },
  });
  table.push(
    ["baseline: 4 commits, 1 HTTP call", ms(baseline.p50_ms), ms(baseline.p99_ms), count(baseline.per_second), "1"],
    ["event → message posted", ms(message.p50_ms), ms(message.p99_ms), "", `${times(message.p50_ratio)}, ${times(message.p99_ratio)}`],
    [`events, ${batches.per_request} per request`, "", "", count(batches.per_second), times(batches.ratio)],
    ["events, one by one", "", "", count(oneByOne.per_second), times(oneByOne.ratio)],
  );
  return table.toString();
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}

function count(value: number): string {
  return value.toFixed(0);
}

function times(ratio: number): string {
  return `${ratio.toFixed(ratio < 10 ? 1 : 0)}×`;
}
