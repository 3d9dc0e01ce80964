/** All functions in one process on Google's emulators, on a clock of ours: each delivery and run is counted, and what follows from it. */

import { setTimeout as pause } from "node:timers/promises";
import { canary } from "@kintsugi/canary/function";
import { cleanup } from "@kintsugi/cleanup/function";
import type { Config } from "@kintsugi/config/model";
import { drift } from "@kintsugi/drift/function";
import { deadlinesOf } from "@kintsugi/function-kit/deadlines";
import type { FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import { deliverEvents, type DeliveredMessage, type Log } from "@kintsugi/function-kit/deliver-events";
import { performRun } from "@kintsugi/function-kit/perform-run";
import { cloudChat } from "@kintsugi/gcp/cloud-chat";
import { cloudLedger } from "@kintsugi/gcp/cloud-ledger";
import { cloudPorts } from "@kintsugi/gcp/cloud-ports";
import { cloudWarehouse } from "@kintsugi/gcp/cloud-warehouse";
import { cloudWebhook } from "@kintsugi/gcp/cloud-webhook";
import { firestoreDocuments } from "@kintsugi/gcp/firestore-documents";
import { pubsubBus } from "@kintsugi/gcp/pubsub-bus";
import { slackChat } from "@kintsugi/gcp/slack-chat";
import { gate } from "@kintsugi/gate/function";
import { healingTracker } from "@kintsugi/healing-tracker/function";
import { patternDetector } from "@kintsugi/pattern-detector/function";
import type { Message } from "@kintsugi/ports/bus";
import type { Ports } from "@kintsugi/ports/ports";
import { slackNotifier } from "@kintsugi/slack-notifier/function";
import type { Timed } from "./budgets.ts";
import { type Counter, countedBus, countedLedger, countedWarehouse } from "./counted-calls.ts";
import { messageBytes } from "./prices.ts";

export type Stage = {
  /** All messages to all that subscribe to them, in batches as large as the shell makes them; then what follows, until nothing does. */
  deliver(messages: readonly Message[]): Promise<readonly Timed[]>;
  /** A scheduled run of a function, and what follows. */
  run(name: string): Promise<readonly Timed[]>;
};

export type StageParts = {
  readonly config: Config;
  readonly clock: { nowMs: number };
  readonly counter: Counter;
  readonly slackUrl: string;
  /** Told whatever is not as it should be: a function that fails is not what is counted here. */
  readonly complain: (words: string) => void;
};

/** What is slow here is only slow, and is counted to its end. */
const PATIENCE_MS = 120_000;
/** As `take-events` gathers them. */
const MAX_BATCH = 100;
const declarations = [drift, canary, gate, cleanup, healingTracker, patternDetector, slackNotifier];

type Deployed = {
  readonly declaration: FunctionDeclaration;
  readonly deliver: ReturnType<typeof deliverEvents>;
  readonly perform: ReturnType<typeof performRun>;
};

export function openStage(parts: StageParts): Stage {
  const { clock, counter, complain } = parts;
  const waiting: Message[] = [];
  const deployed = declarations.map((declaration) => deploy(declaration, parts, (message) => void waiting.push(message)));

  async function carry(messages: readonly Message[]): Promise<readonly Timed[]> {
    const steps: Timed[] = [];
    for (const [topic, some] of Map.groupBy(messages, (message) => message.topic))
      for (const each of deployed.filter(({ declaration }) => (declaration.subscribes as readonly string[]).includes(topic)))
        for (let from = 0; from < some.length; from += MAX_BATCH)
          steps.push(await deliverTo(each, some.slice(from, from + MAX_BATCH), parts));
    return waiting.length === 0 ? steps : [...steps, ...(await carry(waiting.splice(0)))];
  }

  return {
    deliver: carry,
    async run(name) {
      const { perform } = deployed.find(({ declaration }) => declaration.name === name)!;
      const step = await counted(`${name} run`, [], counter, async () => {
        const { verdict, reason } = await perform({ dueMs: clock.nowMs });
        if (verdict === "unknown") complain(`${name}: ${reason}`);
      });
      return [step, ...(await carry(waiting.splice(0)))];
    },
  };
}

/** @param messages that brought it about; a run is brought about by none */
async function counted(step: string, messages: readonly Message[], counter: Counter, work: () => Promise<void>): Promise<Timed> {
  counter.take();
  const began = performance.now();
  await work();
  const ms = [performance.now() - began];
  const deliveredBytes = messages.reduce((sum, message) => sum + messageBytes(message), 0);
  return { step, events: Math.max(1, messages.length), batches: 1, deliveredBytes, ...counter.take(), ms };
}

/** For the first time, as a subscription with a dead-letter topic counts it. */
function arriving(message: Message, publishedMs: number): DeliveredMessage {
  return { ...message, messageId: message.attributes["ce-id"] ?? "", publishedMs, attempt: 1 };
}

async function deliverTo({ declaration, deliver }: Deployed, messages: readonly Message[], parts: StageParts): Promise<Timed> {
  const { clock, counter, complain } = parts;
  return await counted(`${declaration.name} ${messages[0]!.topic}`, messages, counter, async () => {
    for (const settled of await deliver(messages.map((message) => arriving(message, clock.nowMs))))
      if (settled.action === "nack") complain(`${declaration.name} ${settled.message.messageId}: ${settled.reason}`);
  });
}

function deploy(declaration: FunctionDeclaration, parts: StageParts, told: (message: Message) => void): Deployed {
  const dependencies = { ...portsOf(declaration, parts, told), config: parts.config };
  const log: Log = (fact) => {
    if (fact.severity !== "INFO") parts.complain(JSON.stringify(fact));
  };
  return {
    declaration,
    deliver: deliverEvents(declaration, dependencies, log, { patienceMs: PATIENCE_MS }),
    perform: performRun(declaration, dependencies, log),
  };
}

const adapters = { ledger: cloudLedger, warehouse: cloudWarehouse, chat: cloudChat, sendWebhook: cloudWebhook };

/** Each function's own. The service serves the tip of its branch, which the ports of the cloud cannot tell yet. */
function portsOf(declaration: FunctionDeclaration, parts: StageParts, told: (message: Message) => void): Ports {
  const { config, clock, counter, slackUrl } = parts;
  if (config.runtime.kind !== "gcp") throw new Error("the stage is one in the cloud");
  const { project } = config.runtime;
  const now = (): number => clock.nowMs;
  const time = { now, sleep: (ms: number) => pause(ms) };
  const ports = cloudPorts(config, { slackUrl, clock: time, fetch, deadlines: deadlinesOf(declaration) }, adapters);
  const bus = countedBus(pubsubBus({ project }), counter, told);
  return {
    ...ports,
    bus,
    documents: firestoreDocuments({ project, bus, now }),
    chat: impatientChat(config, slackUrl),
    ledger: countedLedger(ports.ledger, counter),
    warehouse: countedWarehouse(ports.warehouse, counter),
    deployments: { revisions: async () => [{ name: "r1", commit: "tip", traffic: 100 }], services: async () => [] },
    history: { tip: async () => "tip", undeployed: async () => ({ servingKnown: true, commits: [], unknownPaths: [] }) },
  };
}

/** On a clock that is always further on, so that no call waits for its turn: this Slack has no limits. */
function impatientChat({ slack }: Config, url: string): Ports["chat"] {
  let elapsedMs = 0;
  return slackChat({ token: slack.token ?? "", url, monotonicMs: () => (elapsedMs += 10_000) });
}
