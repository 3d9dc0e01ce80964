/** The functions on the stage: each has an instance of its own, or two, which may die and come back by themselves, as in the cloud. */

import type { Config } from "@kintsugi/config/model";
import type { Dependencies, FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import type { Log } from "@kintsugi/function-kit/deliver-events";
import { createEngine, type Engine } from "@kintsugi/local/engine";
import type { CallCounter } from "./call-counter.ts";
import type { ChaosPlan } from "./chaos.ts";
import type { Faults } from "./faults.ts";
import { handOut } from "./hand-out.ts";
import type { MemoryBus } from "./memory-bus.ts";
import { type ProcessInstance, type StagePorts, startProcess } from "./process-instance.ts";
import { type Turns, turns } from "./turns.ts";
import { instanceWork, type Work } from "./work.ts";

export type FunctionInstance = { readonly dependencies: Dependencies; isAlive(): boolean };

export type StageFunctions = {
  /** Hands the first function that has something due what it has, to each of its instances a share; false when nobody has. */
  startOne(): boolean;
  /** When the next delivery is due for whom is not at work. */
  nextDue(): number | undefined;
  instance(name: string): FunctionInstance | undefined;
  /** @param name all of them, if left out */
  restart(name?: string): void;
  /** From now until then (epoch ms) two instances of the function work at once. @param name all of them, if left out */
  double(untilMs: number, name?: string): void;
  /** Resolves when nothing is under way but what waits for the clock; who has died meanwhile is back. */
  quiet(): Promise<void>;
  end(): void;
};

export type StageParts = {
  readonly config: Config;
  readonly declarations: readonly FunctionDeclaration[];
  readonly ports: StagePorts & { readonly bus: MemoryBus };
  readonly faults: Faults;
  readonly calls: CallCounter;
  readonly plan: Pick<ChaosPlan, "crashes" | "hinders" | "instances">;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Log;
  readonly tell: (line: string) => void;
};

type Instance = { readonly process: ProcessInstance; readonly engine: Engine; readonly work: Work };

/** One function. */
type Running = {
  readonly declaration: FunctionDeclaration;
  readonly hindered: Map<number, number>;
  instances: readonly Instance[];
  /** How many the chaos wants. */
  wanted: number;
  doubledUntilMs: number;
};

export function stageFunctions(parts: StageParts): StageFunctions {
  const { declarations, calls, tell, plan } = parts;
  const order = turns(parts.random);
  const functions = new Map(
    declarations.map((declaration): [string, Running] => {
      const hindered = new Map<number, number>();
      return [declaration.name, { declaration, hindered, instances: [], wanted: plan.instances(), doubledUntilMs: 0 }];
    }),
  );
  for (const running of functions.values()) fill(running);

  /** Who is one too many gets nothing any more, and ends when it has done what it has. */
  function fill(running: Running): void {
    const wanted = parts.ports.clock.now() < running.doubledUntilMs ? 2 : running.wanted;
    while (running.instances.length < wanted) running.instances = [...running.instances, start(parts, running, order)];
    if (running.instances.length === wanted) return;
    const surplus = running.instances.filter(isIdle).slice(0, running.instances.length - wanted);
    for (const { process } of surplus) process.end();
    running.instances = running.instances.filter((instance) => !surplus.includes(instance));
  }

  function replace(running: Running, gone: (instance: Instance) => boolean): void {
    running.instances.filter(gone).forEach(({ process }) => process.end());
    running.instances = running.instances.filter((instance) => !gone(instance));
    running.wanted = plan.instances();
    fill(running);
    tell(`${running.declaration.name} restarted`);
  }

  /** Its instances take turns in who is first. */
  function startDue(running: Running): boolean {
    fill(running);
    const started = running.instances.filter(({ engine }) => engine.startDue(1) > 0);
    if (started.length === 0) return false;
    running.instances = [...running.instances.filter((instance) => instance !== started[0]), started[0]!];
    return true;
  }

  const chosen = (name?: string): readonly Running[] =>
    [...functions.values()].filter((one) => (name ?? one.declaration.name) === one.declaration.name);

  return {
    startOne: () => [...functions.values()].some(startDue),
    nextDue() {
      const dues = [...functions].flatMap(([name, { instances }]) => {
        if (!instances.some(isIdle)) return [];
        return parts.ports.bus.firstDue(name, (id) => instances.some(({ work }) => work.has(id))) ?? [];
      });
      return dues.length === 0 ? undefined : Math.min(...dues);
    },
    instance(name) {
      const running = functions.get(name);
      const own = running?.instances[0];
      if (own === undefined) return undefined;
      return { dependencies: { ...own.process.ports, config: parts.config }, isAlive: own.process.isAlive };
    },
    restart: (name) => chosen(name).forEach((running) => replace(running, () => true)),
    double: (untilMs, name) => chosen(name).forEach((running) => void (running.doubledUntilMs = untilMs)),
    async quiet() {
      for (;;) {
        await calls.quiet();
        if (order.next()) continue;
        const crashed = [...functions.values()].filter(({ instances }) => instances.some(isDead));
        if (crashed.length === 0) return;
        for (const running of crashed) replace(running, isDead);
      }
    },
    end: () => functions.forEach(({ instances }) => instances.forEach(({ process }) => process.end())),
  };
}

function isIdle({ engine }: Instance): boolean {
  return engine.working().length === 0;
}

function isDead({ process }: Instance): boolean {
  return !process.isAlive();
}

function start({ ports, plan, ...parts }: StageParts, running: Running, order: Turns): Instance {
  const { declaration, hindered } = running;
  const work = instanceWork(plan, hindered);
  const isContended = (): boolean => running.instances.filter((instance) => !isIdle(instance)).length > 1;
  const process = startProcess({
    declaration,
    ports,
    faults: parts.faults,
    work,
    calls: parts.calls,
    turn: () => (isContended() ? order.wait() : undefined),
  });
  const engine = createEngine({
    declarations: [declaration],
    dependencies: { ...process.ports, config: parts.config },
    bus: handOut(ports.bus, work, {
      isThere: () => parts.faults.active("bus") !== "unavailable",
      clockErrorMs: () => parts.faults.clockErrorMs(declaration.name),
      idle: () => running.instances.filter(isIdle).length,
      isElsewhere: (id) => running.instances.some((instance) => instance.work !== work && instance.work.has(id)),
      now: ports.clock.now,
    }),
    async commitWithAck(change) {
      work.decided();
      try {
        await process.ports.documents.commit(change);
      } catch (error) {
        work.undecided();
        throw error;
      }
    },
    log: parts.log,
    onProgress: () => work.done(),
  });
  return { process, engine, work };
}
