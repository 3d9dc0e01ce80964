/** The stage: the ports in memory under a virtual clock, with faults, chaos and a fake Slack, and the real functions on it. */

import type { Config } from "@kintsugi/config/model";
import { decodeMessage } from "@kintsugi/function-kit/decode-message";
import type { Dependencies } from "@kintsugi/function-kit/declaration";
import { ledgerTables } from "@kintsugi/ledger/tables";
import { duckdbLedger } from "@kintsugi/local/duckdb-ledger";
import { createEngine, type Engine } from "@kintsugi/local/engine";
import { configuredFunctions, subscriptionsOf } from "@kintsugi/local/functions";
import { schedulesOf, type Schedule } from "@kintsugi/local/schedule";
import type { LocalBus } from "@kintsugi/local/local-bus";
import type { LocalDocuments } from "@kintsugi/local/sqlite-documents";
import type { Message } from "@kintsugi/ports/bus";
import type { Change } from "@kintsugi/ports/documents";
import { bufferedLedger } from "./buffered-ledger.ts";
import { chaosPlan } from "./chaos.ts";
import { type CrashLimit, crashLimit } from "./crash-limit.ts";
import { fakeSlack, type FakeSlack } from "./fake-slack.ts";
import { faults, type Faults } from "./faults.ts";
import type { Scenario } from "./load-scenario.ts";
import { seenEvents, type SeenEvents } from "./seen-events.ts";
import { memoryBus } from "./memory-bus.ts";
import { memoryDocuments } from "./memory-documents.ts";
import { type ProcessInstance, startProcess } from "./process-instance.ts";
import { seededRandom } from "./random.ts";
import { callCounter } from "./call-counter.ts";
import { stageDeployments, type StageDeployments } from "./stage-deployments.ts";
import { stageHistory, type StageHistory } from "./stage-history.ts";
import { stageReceivers } from "./stage-receivers.ts";
import { openStageTables, type StageTables } from "./stage-tables.ts";
import { virtualClock, type VirtualClock } from "./virtual-clock.ts";

export type Stage = {
  readonly config: Config;
  readonly clock: VirtualClock;
  readonly faults: Faults;
  readonly slack: FakeSlack;
  readonly seen: SeenEvents;
  readonly documents: LocalDocuments;
  readonly bus: LocalBus;
  /** The user's tables themselves, out of reach of faults. */
  readonly tables: StageTables;
  readonly raw: Pick<Dependencies, "ledger" | "warehouse">;
  readonly history: StageHistory;
  readonly deployments: StageDeployments;
  readonly schedules: readonly Schedule[];
  /** The process that runs now: its ports, and the engine that works with them. */
  process(): { readonly dependencies: Dependencies; readonly engine: Engine };
  restart(): void;
  /** Resolves when nothing is under way but what waits for the clock. */
  quiet(): Promise<void>;
  tell(line: string): void;
  close(): void;
};

export async function openStage(
  scenario: Scenario,
  config: Config,
  options: { seed: number; trace?: (line: string) => void },
): Promise<Stage> {
  const clock = virtualClock(scenario.startMs);
  const tell = (line: string): void => options.trace?.(`${new Date(clock.now()).toISOString()} ${line}`);
  const plan = chaosPlan(scenario.chaos, seededRandom(options.seed));
  const allFaults = faults(clock);
  const limit = crashLimit();
  const slack = fakeSlack(clock.now, tell);
  const receivers = stageReceivers(tell);
  const seen = seenEvents();
  const calls = callCounter();
  const history = stageHistory();
  const deployments = stageDeployments();

  const declarations = configuredFunctions(config);
  let named = 0;
  const plainBus = memoryBus({
    subscriptions: subscriptionsOf(declarations),
    clock,
    newId: () => `message-${++named}`,
    delays: () => plan.delays(),
  });
  const bus = { ...plainBus, publish: watch(plainBus.publish, tellOf) };
  const plainDocuments = memoryDocuments(plainBus, clock);
  const documents: LocalDocuments = {
    ...plainDocuments,
    commit: watchChange(plainDocuments.commit, tellOf),
    commitWithAck: watchChange(plainDocuments.commitWithAck, tellOf),
  };
  const tables = await openStageTables(scenario.directory);
  const { warehouse } = tables;
  const ledger = bufferedLedger(duckdbLedger(async () => tables.connection, ledgerTables));

  function tellOf(messages: readonly Message[], ids: readonly string[] = []): void {
    for (const [index, message] of messages.entries()) {
      const decoded = decodeMessage({ ...message, messageId: ids[index] ?? "observed", publishedMs: clock.now() }, clock.now());
      if (!("event" in decoded)) continue;
      seen.see(decoded.event);
      tell(`event ${decoded.event.type} ${decoded.event.subject ?? ""}`.trimEnd());
    }
  }

  let current: ProcessInstance;
  let engine: Engine;
  let crashed = false;
  const ports = {
    clock,
    bus,
    documents,
    warehouse,
    ledger,
    chat: slack.chat,
    sendWebhook: receivers.sendWebhook,
    deployments: deployments.deployments,
    history: history.history,
  };

  function start(): void {
    crashed = false;
    limit.restarted();
    const own = startProcess({
      ports,
      faults: allFaults,
      crashes: () => plan.crashes() && !limit.isReached(),
      onCrash: () => void (crashed = true),
      calls,
    });
    current = own;
    engine = createEngine({
      declarations,
      dependencies: { ...own.ports, config },
      bus: handingOut(bus, limit, () => allFaults.active("bus") !== "unavailable"),
      commitWithAck: (change, ids) =>
        own.through("documents", true, () => documents.commitWithAck(change, ids).then(() => limit.settled(ids))),
      log: ({ message, ...fact }) => tell(`log ${message} ${JSON.stringify(fact)}`),
      onProgress: () => {},
    });
  }

  function restart(): void {
    current.end();
    tell("process restarted");
    start();
  }

  start();
  return {
    config,
    clock,
    faults: allFaults,
    slack,
    seen,
    documents,
    bus,
    tables,
    raw: { ledger, warehouse },
    history,
    deployments,
    schedules: schedulesOf(declarations, config),
    process: () => ({ dependencies: { ...current.ports, config }, engine }),
    restart,
    async quiet() {
      await calls.quiet();
      while (crashed) {
        restart();
        await calls.quiet();
      }
    },
    tell,
    close() {
      current.end();
      tables.close();
    },
  };
}

/** The engine's side of the bus. */
function handingOut(bus: LocalBus, limit: CrashLimit, isThere: () => boolean): Pick<LocalBus, "take" | "ack" | "nack"> {
  return {
    take(...question) {
      const due = isThere() ? bus.take(...question) : [];
      limit.taken(due);
      return due;
    },
    ack(ids) {
      bus.ack(ids);
      limit.settled(ids);
    },
    nack(ids, dueMs) {
      bus.nack(ids, dueMs);
      limit.settled(ids);
    },
  };
}

type Tell = (messages: readonly Message[], ids?: readonly string[]) => void;

function watch(publish: LocalBus["publish"], tell: Tell): LocalBus["publish"] {
  return async (messages) => {
    const ids = await publish(messages);
    tell(messages, ids);
    return ids;
  };
}

function watchChange<Rest extends readonly unknown[]>(commit: (change: Change, ...rest: Rest) => Promise<void>, tell: Tell) {
  return async (change: Change, ...rest: Rest): Promise<void> => {
    await commit(change, ...rest);
    tell(change.publish);
  };
}
