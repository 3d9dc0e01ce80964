/** The stage: the ports in memory under a virtual clock, with faults, chaos and a fake Slack, and the real functions on it. */

import type { Config } from "@kintsugi/config/model";
import { decodeMessage } from "@kintsugi/function-kit/decode-message";
import type { Dependencies } from "@kintsugi/function-kit/declaration";
import type { Log } from "@kintsugi/function-kit/deliver-events";
import { OUTBOX, readRow } from "@kintsugi/function-kit/outbox";
import { outboxDocuments } from "@kintsugi/function-kit/outbox-documents";
import { ledgerTables } from "@kintsugi/ledger/tables";
import { duckdbLedger } from "@kintsugi/local/duckdb-ledger";
import { configuredFunctions, subscriptionsOf } from "@kintsugi/local/functions";
import { schedulesOf, type Schedule } from "@kintsugi/local/schedule";
import type { Message } from "@kintsugi/ports/bus";
import type { Documents } from "@kintsugi/ports/documents";
import { bufferedLedger } from "./buffered-ledger.ts";
import { chaosPlan } from "./chaos.ts";
import { fakeSlack, type FakeSlack } from "./fake-slack.ts";
import { faults, type Faults } from "./faults.ts";
import type { Scenario } from "./load-scenario.ts";
import { seenEvents, type SeenEvents } from "./seen-events.ts";
import { type MemoryBus, memoryBus } from "./memory-bus.ts";
import { type MemoryDocuments, memoryDocuments } from "./memory-documents.ts";
import { seededRandom } from "./random.ts";
import { callCounter } from "./call-counter.ts";
import { stageDeployments, type StageDeployments } from "./stage-deployments.ts";
import { stageFunctions, type StageFunctions } from "./stage-functions.ts";
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
  readonly documents: Documents;
  readonly bus: MemoryBus;
  /** The user's tables themselves, out of reach of faults. */
  readonly tables: StageTables;
  readonly raw: Pick<Dependencies, "ledger" | "warehouse">;
  readonly history: StageHistory;
  readonly deployments: StageDeployments;
  readonly schedules: readonly Schedule[];
  readonly functions: StageFunctions;
  readonly log: Log;
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
  const log: Log = ({ message, ...fact }) => tell(`log ${message} ${JSON.stringify(fact)}`);
  const random = seededRandom(options.seed);
  const plan = chaosPlan(scenario.chaos, random, clock.now);
  const allFaults = faults(clock);
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
  const bus = watchBus(plainBus, (messages, ids) => messages.forEach((message, index) => see(message, ids[index]!, true)));
  const store = watchStore(memoryDocuments(clock), (message) => see(message, "stored", false));
  const documents = outboxDocuments(store, { bus, now: clock.now });
  const tables = await openStageTables(scenario.directory, clock.now);
  const { warehouse } = tables;
  const ledger = bufferedLedger(duckdbLedger(async () => tables.connection, ledgerTables));

  /** What is stored is accepted; what a sender publishes is told each time, and what functions have stored is told once. */
  function see(message: Message, messageId: string, isFromOutside: boolean): void {
    const decoded = decodeMessage({ ...message, messageId, publishedMs: clock.now() }, clock.now());
    if (!("event" in decoded)) return;
    const isNew = seen.see(decoded.event);
    if (isNew || isFromOutside) tell(`event ${decoded.event.type} ${decoded.event.subject ?? ""}`.trimEnd());
  }

  const ports = {
    clock,
    bus: watchBus(plainBus, (messages, ids) => messages.forEach((message, index) => see(message, ids[index]!, false))),
    documents: store,
    warehouse,
    ledger,
    chat: slack.chat,
    sendWebhook: receivers.sendWebhook,
    deployments: deployments.deployments,
    history: history.history,
  };
  const functions = stageFunctions({ config, declarations, ports, faults: allFaults, calls, plan, random, log, tell });

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
    functions,
    log,
    tell,
    close() {
      functions.end();
      tables.close();
    },
  };
}

function watchBus(bus: MemoryBus, tell: (messages: readonly Message[], ids: readonly string[]) => void): MemoryBus {
  return {
    ...bus,
    async publish(messages) {
      const ids = await bus.publish(messages);
      tell(messages, ids);
      return ids;
    },
  };
}

function watchStore(store: MemoryDocuments, tell: (message: Message) => void): MemoryDocuments {
  return {
    ...store,
    async commit(writes, isInterrupted) {
      await store.commit(writes, isInterrupted);
      for (const write of writes) if (write.collection === OUTBOX && write.op === "set") readRow(write).messages.forEach(tell);
    },
  };
}
