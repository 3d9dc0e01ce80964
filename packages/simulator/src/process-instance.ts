/** One instance of the system's process: its ports work until it dies; after that no call comes back, as in a process that is gone. */

import type { Bus } from "@kintsugi/ports/bus";
import type { Chat } from "@kintsugi/ports/chat";
import type { Documents } from "@kintsugi/ports/documents";
import type { LedgerTables, Warehouse } from "@kintsugi/ports/warehouse";
import type { Ports } from "@kintsugi/ports/ports";
import type { Faults } from "./faults.ts";
import type { PortName } from "./fault.ts";

export type ProcessInstance = {
  readonly ports: Ports;
  /** Passes a call of this process on, as every port does. */
  through<T>(port: PortName, isWrite: boolean, run: () => Promise<T>): Promise<T>;
  end(): void;
};

export type ProcessParts = {
  readonly ports: Ports;
  readonly faults: Faults;
  /** The crash hook: asked at every port call, before and after; true kills the process there. */
  readonly crashes: () => boolean;
  readonly onCrash: () => void;
  /** Told of calls under way, so that the stage knows when all is quiet. */
  readonly calls: { enter(): void; leave(): void };
};

const never = new Promise<never>(() => {});

export function startProcess({ ports, faults, crashes, onCrash, calls }: ProcessParts): ProcessInstance {
  let isAlive = true;

  const hook = (): boolean => {
    if (isAlive && crashes()) {
      isAlive = false;
      onCrash();
    }
    return isAlive;
  };

  async function counted<T>(run: () => Promise<T>): Promise<T> {
    if (!isAlive) return never;
    calls.enter();
    try {
      return await run();
    } finally {
      calls.leave();
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

  const through: Through = (port, isWrite, run) => whileAlive(() => faults.call(port, isWrite, () => counted(run)));

  return {
    ports: {
      clock: {
        now: ports.clock.now,
        // No call is counted as under way meanwhile: the stage is quiet, and lets the clock move on.
        async sleep(ms) {
          if (!isAlive) return never;
          await ports.clock.sleep(ms);
          if (!isAlive) return never;
        },
      },
      bus: guardBus(ports.bus, through),
      documents: guardDocuments(ports.documents, through),
      warehouse: guardQueries(ports.warehouse, through),
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
    through,
    end: () => void (isAlive = false),
  };
}

type Through = ProcessInstance["through"];

function guardBus(bus: Bus, through: Through): Bus {
  return { publish: (messages) => through("bus", true, () => bus.publish(messages)) };
}

function guardDocuments(documents: Documents, through: Through): Documents {
  return {
    get: (collection, id) => through("documents", false, () => documents.get(collection, id)),
    getMany: (collection, ids) => through("documents", false, () => documents.getMany(collection, ids)),
    list: (collection, query) => through("documents", false, () => documents.list(collection, query)),
    commit: (change) => through("documents", true, () => documents.commit(change)),
    flush: (outbox) => through("documents", true, () => documents.flush(outbox)),
    sweepOutbox: (untilMs) => through("documents", true, () => documents.sweepOutbox(untilMs)),
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
