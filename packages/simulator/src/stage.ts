/** The stage: the ports in memory under a virtual clock, with faults, chaos and a fake Slack, and the real functions on it. */

import type { Config } from "@kintsugi/config/model";
import { decodeMessage } from "@kintsugi/function-kit/decode-message";
import type { Dependencies } from "@kintsugi/function-kit/declaration";
import { ledgerTables } from "@kintsugi/ledger/tables";
import { duckdbLedger } from "@kintsugi/local/duckdb-ledger";
import { configuredFunctions, subscriptionsOf } from "@kintsugi/local/functions";
import { schedulesOf, type Schedule } from "@kintsugi/local/schedule";
import type { LocalBus } from "@kintsugi/local/local-bus";
import type { LocalDocuments } from "@kintsugi/local/sqlite-documents";
import type { Message } from "@kintsugi/ports/bus";
import type { Change } from "@kintsugi/ports/documents";
import { bufferedLedger } from "./buffered-ledger.ts";
import { chaosPlan } from "./chaos.ts";
import { fakeSlack, type FakeSlack } from "./fake-slack.ts";
import { faults, type Faults } from "./faults.ts";
import type { Scenario } from "./load-scenario.ts";
import { seenEvents, type SeenEvents } from "./seen-events.ts";
import { memoryBus } from "./memory-bus.ts";
import { memoryDocuments } from "./memory-documents.ts";
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
  readonly documents: LocalDocuments;
  readonly bus: LocalBus;
  /** The user's tables themselves, out of reach of faults. */
  readonly tables: StageTables;
  readonly raw: Pick<Dependencies, "ledger" | "warehouse">;
  readonly history: StageHistory;
  readonly deployments: StageDeployments;
  readonly schedules: readonly Schedule[];
  readonly functions: StageFunctions;
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
  const tables = await openStageTables(scenario.directory, clock.now);
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
  const functions = stageFunctions({ config, declarations, ports, faults: allFaults, calls, crashes: () => plan.crashes(), tell });

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
    tell,
    close() {
      functions.end();
      tables.close();
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
