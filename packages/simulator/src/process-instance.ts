/** One instance of the system's process: its ports work until it dies; after that no call comes back, as in a process that is gone. */

import type { FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import { deadlinesOf } from "@kintsugi/function-kit/deadlines";
import { outboxDocuments } from "@kintsugi/function-kit/outbox-documents";
import type { Bus } from "@kintsugi/ports/bus";
import type { Chat } from "@kintsugi/ports/chat";
import type { LedgerTables, Warehouse } from "@kintsugi/ports/warehouse";
import type { Clock, Ports } from "@kintsugi/ports/ports";
import { type Call, callUnder } from "./call-under.ts";
import type { Hindrance } from "./chaos.ts";
import type { CallPort } from "./fault.ts";
import { type Faults, publishFailure } from "./faults.ts";
import type { MemoryDocuments } from "./memory-documents.ts";
import type { Work } from "./work.ts";

export type ProcessInstance = {
  readonly ports: Ports;
  isAlive(): boolean;
  end(): void;
};

export type StagePorts = Omit<Ports, "documents"> & { readonly documents: MemoryDocuments };

export type ProcessParts = {
  readonly declaration: Pick<FunctionDeclaration, "name" | "routes">;
  readonly ports: StagePorts;
  readonly faults: Faults;
  /** Asked at every port call, before and after, and within a commit. */
  readonly work: Pick<Work, "dies" | "hinders">;
  /** Told of calls under way, so that the stage knows when all is quiet. */
  readonly calls: { enter(): void; leave(): void };
  /** Waited for before the answer of a call is handed over. */
  readonly turn?: () => Promise<void> | undefined;
};

const never = new Promise<never>(() => {});

export function startProcess(parts: ProcessParts): ProcessInstance {
  const { declaration, ports, faults, work, calls, turn } = parts;
  const deadlines = deadlinesOf(declaration);
  let isAlive = true;

  const hook = (): boolean => {
    if (isAlive && work.dies()) isAlive = false;
    return isAlive;
  };

  const clock: Clock = {
    now: () => ports.clock.now() + faults.clockErrorMs(declaration.name),
    // No call is counted as under way meanwhile: the stage is quiet, and lets the clock move on.
    async sleep(ms) {
      if (!isAlive) return never;
      await ports.clock.sleep(ms);
      if (!isAlive) return never;
    },
  };

  async function counted<T>(run: () => Promise<T>): Promise<T> {
    if (!isAlive) return never;
    calls.enter();
    try {
      return await run();
    } finally {
      calls.leave();
      const waiting = turn?.();
      if (waiting !== undefined) await waiting;
    }
  }

  async function whileAlive<T>(call: () => Promise<T>): Promise<T> {
    if (!hook()) return never;
    try {
      const result = await call();
      return hook() ? result : await never;
    } catch (error) {
      if (!hook()) return never;
      throw error;
    }
  }

  function through<T>(port: CallPort, isWrite: boolean, run: () => Promise<T>, deadlineMs = deadlines.callMs): Promise<T> {
    const call = { port, isWrite, deadlineMs, clock };
    const hindered = (): Promise<T> => callHindered(work.hinders(port, isWrite), call, () => counted(run));
    return whileAlive(() => faults.call(call, hindered));
  }

  const bus = guardBus(ports.bus, faults, through);
  return {
    ports: {
      clock,
      bus,
      documents: outboxDocuments(
        guardDocuments(ports.documents, through, () => !hook()),
        { bus, now: clock.now },
      ),
      warehouse: guardQueries(ports.warehouse, (port, isWrite, run) => through(port, isWrite, run, deadlines.queryMs)),
      ledger: guardLedger(ports.ledger, through),
      chat: guardChat(ports.chat, through),
      sendWebhook: (request) => whileAlive(() => counted(() => ports.sendWebhook(request))),
      deployments: {
        revisions: (service) => through("deployments", false, () => ports.deployments.revisions(service)),
        services: () => through("deployments", false, () => ports.deployments.services()),
      },
      history: {
        tip: () => through("history", false, () => ports.history.tip()),
        undeployed: (question) => through("history", false, () => ports.history.undeployed(question)),
      },
    },
    isAlive: () => isAlive,
    end: () => void (isAlive = false),
  };
}

type Through = <T>(port: CallPort, isWrite: boolean, run: () => Promise<T>, deadlineMs?: number) => Promise<T>;

async function callHindered<T>(hindrance: Hindrance | undefined, call: Call, run: () => Promise<T>): Promise<T> {
  switch (hindrance) {
    case undefined:
      return await run();
    case "hang":
    case "denied":
    case "partial":
      return await callUnder({ kind: hindrance, leftMs: 0, count: 0 }, call, run);
    case "publish-transient":
    case "publish-permanent":
    case "publish-needs-human":
      if (call.port === "bus") throw publishFailure(FAILURES[hindrance]);
      return await run();
  }
}

const FAILURES = {
  "publish-transient": "transient",
  "publish-permanent": "permanent",
  "publish-needs-human": "needs-human",
} as const;

function guardBus(bus: Bus, faults: Faults, through: Through): Bus {
  const publish: Bus["publish"] = async (messages) => {
    const failure = faults.publishFailure();
    if (failure !== undefined) throw failure;
    return await bus.publish(messages);
  };
  return { publish: (messages) => through("bus", true, () => publish(messages)) };
}

function guardDocuments(documents: MemoryDocuments, through: Through, isInterrupted: () => boolean): MemoryDocuments {
  return {
    get: (collection, id) => through("documents", false, () => documents.get(collection, id)),
    getMany: (collection, ids) => through("documents", false, () => documents.getMany(collection, ids)),
    list: (collection, query) => through("documents", false, () => documents.list(collection, query)),
    commit: (writes) => through("documents", true, () => documents.commit(writes, isInterrupted)),
  };
}

function guardChat(chat: Chat, through: Through): Chat {
  return {
    receiver: chat.receiver,
    isEditable: chat.isEditable,
    post: (channel, message) => through("slack", true, () => chat.post(channel, message)),
    update: (address, message) => through("slack", true, () => chat.update(address, message)),
    reply: (address, remark) => through("slack", true, () => chat.reply(address, remark)),
    find: (...call) => through("slack", false, () => chat.find(...call)),
    problems: (channels) => through("slack", false, () => chat.problems(channels)),
  };
}

function guardQueries(warehouse: Warehouse, through: Through): Warehouse {
  return {
    dialect: warehouse.dialect,
    query: (sql) => through("warehouse", false, () => warehouse.query(sql)),
    columns: (table) => through("warehouse", false, () => warehouse.columns(table)),
  };
}

function guardLedger(ledger: LedgerTables, through: Through): LedgerTables {
  return {
    dialect: ledger.dialect,
    append: (table, rows) => through("warehouse", true, () => ledger.append(table, rows)),
    query: (sql) => through("warehouse", false, () => ledger.query(sql)),
  };
}
