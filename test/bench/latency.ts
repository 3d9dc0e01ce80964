/** How long from an event's request until the message about its incident has reached Slack, on a host that is else idle. */

import { setTimeout as pause } from "node:timers/promises";
import type { AnsweringServer } from "./answering-server.ts";
import type { BenchHost } from "./bench-host.ts";

/** Each event opens an incident of its own; a critical one, since many of the milder ones within a minute are told together. */
export const latencyConfiguration = `patterns:
  first: { on: healing.completed, by: healing_type, count: ">= 1", within: 1h, severity: critical }
`;

const LIMIT_MS = 20_000;
/** Slack takes a message a second in a channel, and the host waits for that: it is no part of what is measured. */
const PACE_MS = 1_100;

export async function measureLatency(host: BenchHost, slack: AnsweringServer, iterations: number): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let iteration = 0; iteration < iterations; iteration++) {
    const kind = `kind-${iteration}-of-the-bench`;
    const arrived = slack.said(kind);
    const began = performance.now();
    await host.publish([{ type: "healing.completed", healing_type: kind, target: kind }]);
    samples.push((await within(arrived, kind)) - began);
    await host.drained();
    await pause(PACE_MS);
  }
  return samples;
}

async function within(arrived: Promise<number>, kind: string): Promise<number> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no message about ${kind} within ${LIMIT_MS} ms`)), LIMIT_MS);
  return await Promise.race([arrived, late]).finally(() => clearTimeout(timer));
}
