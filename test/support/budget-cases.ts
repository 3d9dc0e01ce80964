/** What is counted: healing events of every kind, runs, and hours in which nothing happens. */

import { scheduledFunctions } from "@kintsugi/config/configured";
import { parseConfig } from "@kintsugi/config/load";
import type { Config } from "@kintsugi/config/model";
import type { Event } from "@kintsugi/events/event";
import type { Observation } from "@kintsugi/events/observation";
import { toMessage } from "@kintsugi/events/wire";
import type { Message } from "@kintsugi/ports/bus";
import type { Stage } from "./budget-stage.ts";
import { heals, IDLE_HOURS, idleOf, merged, runs, sumOf, type Timed, type TimedCase } from "./budgets.ts";
import { runOf } from "./detector-stage.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
/** A run's event holds 64 KiB. */
const MOST_AT_ONCE = 100;

export type Clock = { nowMs: number };
type Counting = { readonly stage: Stage; readonly clock: Clock; readonly open: number };

/** @param isRaised thresholds that no event here reaches, so that no pattern opens */
export function budgetConfig(project: string, isRaised = false): Config {
  const check = (fail: string): string => `{ table: shop.orders, severity: red, metrics: { rows: { count: "*", fail: "${fail}" } } }`;
  const text = `version: 1
pipeline: shop
timezone: UTC
runtime: { gcp: { project: ${project}, region: us-west2, dataset: kintsugi } }
warehouse: { bigquery: { project: ${project}, location: US, max_bytes: 1 GB } }
phases: { raw: { checks: { rows-1: ${check("< 1")}, rows-2: ${check("< 2")}, rows-3: ${check("< 3")}, any: ${check("> 1000")} } } }
drift: { history: { git: "." }, deployments: { file: deployments.json }, services: { api: { paths: [api] } } }
healers: { batch_cleanup: { batches: batches } }
slack: { token: "\${SLACK_BOT_TOKEN}", signing_secret: "\${SLACK_SIGNING_SECRET}" }
${isRaised ? RAISED : ""}`;
  const loaded = parseConfig(text, {
    file: "/budgets/kintsugi.yaml",
    env: { SLACK_BOT_TOKEN: "xoxb-test", SLACK_SIGNING_SECRET: "secret" },
  });
  if ("config" in loaded) return loaded.config;
  throw new Error(JSON.stringify(loaded.problems));
}

const RAISED = `patterns:
  healing-frequent: { on: healing.completed, by: healing_type, count: ">= 100000", within: 1h, severity: yellow }
  healing-systemic: { on: healing.completed, by: healing_type, count: ">= 100000", within: 24h, severity: red }
  healing-failing: { on: healing.completed, by: healing_type, failure_rate: "> 20%", min_events: 5, within: 24h, severity: critical }
`;

/** Services that drift, each told by a message of its own: what is critical is never gathered in a storm. */
export async function openIncidents({ stage, clock, open }: Counting): Promise<void> {
  for (let from = 0; from < open; from += MOST_AT_ONCE) {
    const observations = Array.from({ length: Math.min(MOST_AT_ONCE, open - from) }, (_, index) => drifting(from + index));
    const time = new Date(clock.nowMs).toISOString();
    const data = { ...runOf("drift", observations), due: time, started: time };
    const event: Event = { id: `drift-${from}`, source: "kintsugi/drift", type: "run.completed", subject: "drift", time, data };
    await stage.deliver([toMessage(event)]);
    clock.nowMs += MINUTE_MS;
  }
}

function drifting(index: number): Observation {
  const service = `service-${index}`;
  const words = { title: `${service} lacks 3 commits`, facts: ["serves 1a2b3c4, main is at 5d6e7f8"], next: [`deploy ${service}`] };
  return { subject: { kind: "service", service }, verdict: "finding", severity: "critical", channel: "drift", ...words };
}

/** @param rows deletes all orders, and puts three of them back */
export async function countRuns(counting: Counting, rows: { readonly remove: () => Promise<void>; readonly add: () => Promise<void> }) {
  const { stage, clock, open } = counting;
  const cases: TimedCase[] = [];
  const run = async (name: keyof typeof runs): Promise<void> => {
    clock.nowMs += MINUTE_MS;
    const { what, by } = runs[name];
    cases.push({ what, open: [open], events: 1, steps: merged(await stage.run(by)) });
  };
  // The first runs of a process read what later ones remember, and all that runs by a schedule begins to be watched.
  for (let round = 0; round < 2; round++)
    for (const { by } of [runs.tick, runs.notifier, runs.canaryIdle]) {
      await stage.run(by);
      clock.nowMs += MINUTE_MS;
    }
  await run("tick");
  await run("notifier");
  await run("canaryIdle");
  await rows.remove();
  await run("canaryOpens");
  await run("canaryStays");
  await rows.add();
  await run("canaryEnds");
  return cases;
}

let sent = 0;

/** Of 1.5 KB with its envelope. */
function heal(type: string, nowMs: number, actor: string): Message {
  const time = new Date(nowMs).toISOString();
  const number = String(++sent).padStart(6, "0");
  const target = `2026-02-05/orders-${number}`;
  const states = { before_state: stateOf(445), after_state: stateOf(450) };
  const data = { ...ALIKE, ...states, healing_id: `heal-${number}`, healing_type: type, timestamp: time, target, actor };
  return toMessage({ id: `heal-${number}`, source: "shop/orders", type: "healing.completed", subject: target, time, data });
}

function stateOf(done: number): Record<string, string | number> {
  return { expected: 450, done, failed: 0, note: "n".repeat(330) };
}

const ALIKE = {
  trigger_reason: "no progress for 17 min at 445 of 450",
  action_taken: "closed the batch with what it has",
  success: true,
  metadata: { host: "worker-1" },
  cause: { code: "members_missing", parameters: { missing: 5 } },
  outcome: "effective",
  attempt: 1,
  mode: "auto",
  hop_count: 0,
} as const;

type Healing = { readonly type: string; readonly actor?: string };

async function deliverHeals({ stage, clock }: Counting, { type, actor = "orders" }: Healing, together: number): Promise<readonly Timed[]> {
  clock.nowMs += SECOND_MS;
  return merged(await stage.deliver(Array.from({ length: together }, () => heal(type, clock.nowMs, actor))));
}

/** With the default patterns, of which two count events of one type: from 3 in an hour, and from 10 in a day. */
export async function countHeals(counting: Counting): Promise<readonly TimedCase[]> {
  const cases: TimedCase[] = [];
  const count = async (what: string, healing: Healing, together = 1): Promise<void> => {
    const steps = await deliverHeals(counting, healing, together);
    cases.push({ what, open: [counting.open], events: together, steps });
  };
  await count(heals.first, { type: "one" });
  await deliverHeals(counting, { type: "one" }, 1);
  await count(heals.opens, { type: "one" });
  await count(heals.one, { type: "one" });
  await deliverHeals(counting, { type: "two" }, 9);
  await count(heals.opensSecond, { type: "two" });
  for (const together of [1, 10, 100]) await count(heals.two, { type: "two" }, together);
  const ours = { type: "batch_cleanup", actor: "batch_cleanup" };
  await deliverHeals(counting, ours, 1);
  await count(heals.ours, ours);
  return cases;
}

/** @param counting with thresholds that are not reached */
export async function countQuietHeals(counting: Counting): Promise<readonly TimedCase[]> {
  const cases: TimedCase[] = [];
  await deliverHeals(counting, { type: "quiet" }, 2);
  for (const together of [1, 2, 10, 100]) {
    const steps = await deliverHeals(counting, { type: "quiet" }, together);
    cases.push({ what: heals.quiet, open: [counting.open], events: together, steps });
  }
  return cases;
}

/** So many that the window's newest segment is full at one of them, which costs more than the others. */
export async function countManyHeals(counting: Counting, events: number): Promise<readonly TimedCase[]> {
  const each: (readonly Timed[])[] = [];
  await deliverHeals(counting, { type: "many" }, 1);
  while (each.length < events) each.push(await deliverHeals(counting, { type: "many" }, 1));
  const open = [counting.open];
  const [dearest] = each.toSorted((a, b) => sumOf(b).reads + sumOf(b).writes - sumOf(a).reads - sumOf(a).writes);
  return [
    { what: heals.quiet, open, events, steps: merged(each.flat()) },
    { what: heals.fills, open, events: 1, steps: dearest! },
  ];
}

/** Every function by the schedules of the configuration; counted once all have run for so long before. */
export async function countIdleHours({ stage, clock, open }: Counting, config: Config): Promise<readonly TimedCase[]> {
  const scheduled = scheduledFunctions(config);
  const steps = new Map<string, Timed[]>(scheduled.map(({ name }) => [name, []]));
  const periodMs = IDLE_HOURS * 60 * MINUTE_MS;
  const beganMs = Math.floor(clock.nowMs / periodMs) * periodMs;
  for (clock.nowMs = beganMs; clock.nowMs < beganMs + 2 * periodMs; clock.nowMs += MINUTE_MS)
    for (const { name } of scheduled.filter((one) => clock.nowMs % one.periodMs === 0)) {
      const run = await stage.run(name);
      if (clock.nowMs >= beganMs + periodMs) steps.get(name)!.push(...run);
    }
  return scheduled.map(({ name, periodMs: everyMs }) => {
    const own = steps.get(name)!;
    return { what: idleOf(name), open: [open], events: periodMs / everyMs, steps: merged(own) };
  });
}
