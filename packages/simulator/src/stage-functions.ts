/** The functions on the stage: each is an instance of its own, which may die and come back by itself, as in the cloud. */

import type { Config } from "@kintsugi/config/model";
import type { Dependencies, FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import { createEngine, type Engine } from "@kintsugi/local/engine";
import type { LocalBus } from "@kintsugi/local/local-bus";
import type { LocalDocuments } from "@kintsugi/local/sqlite-documents";
import type { Ports } from "@kintsugi/ports/ports";
import type { CallCounter } from "./call-counter.ts";
import { type CrashLimit, crashLimit } from "./crash-limit.ts";
import type { Faults } from "./faults.ts";
import { type ProcessInstance, startProcess } from "./process-instance.ts";

export type FunctionInstance = { readonly dependencies: Dependencies; isAlive(): boolean };

export type StageFunctions = {
  /** Hands the first function that has something due what it has; false when nobody has. */
  startOne(): boolean;
  /** Names of those at work. */
  working(): readonly string[];
  instance(name: string): FunctionInstance | undefined;
  /** @param name all of them, if left out */
  restart(name?: string): void;
  /** Resolves when nothing is under way but what waits for the clock; who has died meanwhile is back. */
  quiet(): Promise<void>;
  end(): void;
};

export type StageParts = {
  readonly config: Config;
  readonly declarations: readonly FunctionDeclaration[];
  readonly ports: Ports & { readonly bus: LocalBus; readonly documents: LocalDocuments };
  readonly faults: Faults;
  readonly calls: CallCounter;
  /** Whether the instance that makes a call dies with it. */
  readonly crashes: () => boolean;
  readonly tell: (line: string) => void;
};

type Running = { readonly process: ProcessInstance; readonly engine: Engine; isCrashed: boolean };

export function stageFunctions(parts: StageParts): StageFunctions {
  const { declarations, calls, tell } = parts;
  const limits = new Map(declarations.map(({ name }) => [name, crashLimit()]));
  const running = new Map(declarations.map((declaration) => [declaration.name, start(parts, declaration, limits.get(declaration.name)!)]));

  function restart(name: string): void {
    running.get(name)!.process.end();
    tell(`${name} restarted`);
    const declaration = declarations.find((candidate) => candidate.name === name)!;
    running.set(name, start(parts, declaration, limits.get(name)!));
  }

  return {
    startOne: () => [...running.values()].some(({ engine }) => engine.startDue(1) > 0),
    working: () => [...running.values()].flatMap(({ engine }) => engine.working()),
    instance(name) {
      const own = running.get(name);
      if (own === undefined) return undefined;
      return { dependencies: { ...own.process.ports, config: parts.config }, isAlive: () => running.get(name) === own };
    },
    restart(name) {
      for (const one of name === undefined ? [...running.keys()] : [name]) if (running.has(one)) restart(one);
    },
    async quiet() {
      await calls.quiet();
      for (;;) {
        const crashed = [...running].filter(([, { isCrashed }]) => isCrashed);
        if (crashed.length === 0) return;
        for (const [name] of crashed) restart(name);
        await calls.quiet();
      }
    },
    end: () => running.forEach(({ process }) => process.end()),
  };
}

function start({ ports, ...parts }: StageParts, declaration: FunctionDeclaration, limit: CrashLimit): Running {
  limit.restarted();
  const process = startProcess({
    ports,
    faults: parts.faults,
    crashes: () => parts.crashes() && !limit.isReached(),
    onCrash: () => void (own.isCrashed = true),
    calls: parts.calls,
  });
  const engine = createEngine({
    declarations: [declaration],
    dependencies: { ...process.ports, config: parts.config },
    bus: handingOut(ports.bus, limit, () => parts.faults.active("bus") !== "unavailable"),
    commitWithAck: (change, ids) =>
      process.through("documents", true, () => ports.documents.commitWithAck(change, ids).then(() => limit.settled(ids))),
    log: ({ message, ...fact }) => parts.tell(`log ${message} ${JSON.stringify(fact)}`),
    onProgress: () => {},
  });
  const own: Running = { process, engine, isCrashed: false };
  return own;
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
