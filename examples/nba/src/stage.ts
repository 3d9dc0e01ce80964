/** Runs the local installation under a virtual clock, with a real HTTP server, at a pace that a person can follow. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { loadConfig } from "@kintsugi/config/load";
import { drive, type Driver } from "@kintsugi/local/drive";
import { startHttpServer } from "@kintsugi/local/http-server";
import { hostRequests } from "@kintsugi/local/host-requests";
import { lockFolder } from "@kintsugi/local/host-lock";
import { type Local, openLocal } from "@kintsugi/local/open-local";
import { nextDue, type Schedule, schedulesOf } from "@kintsugi/local/schedule";
import type { TerminalLine } from "@kintsugi/local/terminal-chat";
import { virtualClock } from "@kintsugi/simulator/virtual-clock";

export type Stage = {
  readonly now: () => number;
  readonly local: () => Local;
  /** Where the gate answers. */
  readonly server: () => { readonly url: string; readonly token: string };
  /** Lets time pass; all schedules fire, all that follows is delivered. */
  advanceTo(ms: number): Promise<void>;
  /** Starts anew with the configuration as it stands in the file now. */
  restart(): Promise<void>;
  close(): Promise<void>;
};

export type StageOptions = {
  readonly folder: string;
  readonly startMs: number;
  readonly token: string;
  /** Real milliseconds per virtual hour; where the work itself takes longer, nothing more is waited. */
  readonly msPerHour: number;
  /** Milliseconds of a wall clock, for durations only. */
  readonly elapsed: () => number;
  readonly say: (line: TerminalLine) => void;
  readonly tick: (nowMs: number) => void;
  readonly trouble: (line: string) => void;
};

type Running = {
  readonly local: Local;
  readonly driver: Driver;
  readonly schedules: readonly Schedule[];
  readonly url: string;
  close(): Promise<void>;
};

const HOUR_MS = 3_600_000;

export async function openStage(options: StageOptions): Promise<Stage> {
  const clock = virtualClock(options.startMs);
  const beganMs = options.elapsed();
  const lock = lockFolder(options.folder);
  let running = await start();

  async function start(): Promise<Running> {
    const loaded = await loadConfig(join(options.folder, "kintsugi.yaml"), {});
    if ("problems" in loaded) throw new Error(loaded.problems.map(({ message }) => message).join("\n"));
    // Who waits for the warehouse's file waits in real time: another process may hold it.
    const local = openLocal(loaded.config, { clock: { now: clock.now }, say: options.say });
    const log = (fact: { severity: string; message: string; reason?: unknown }): void =>
      fact.severity === "ERROR" ? options.trouble(`${fact.message}: ${String(fact.reason)}`) : undefined;
    const driver = drive(local, [], log);
    const { url, close } = await startHttpServer({ port: 0, token: options.token, answer: hostRequests(local, driver), log, hidden: [] });
    return {
      local,
      driver,
      url,
      schedules: schedulesOf(local.declarations, local.config),
      async close() {
        await close();
        await driver.stop();
        local.close();
      },
    };
  }

  async function advanceTo(toMs: number): Promise<void> {
    for (;;) {
      const { schedules, local, driver } = running;
      const nextMs = Math.min(
        ...schedules.map(({ periodMs }) => nextDue(periodMs, clock.now())),
        Math.max(clock.now() + 1, local.bus.nextDue() ?? Number.POSITIVE_INFINITY),
      );
      const atMs = Math.min(nextMs, toMs);
      const earlyMs = beganMs + ((atMs - options.startMs) / HOUR_MS) * options.msPerHour - options.elapsed();
      if (earlyMs > 0) await pause(earlyMs);
      clock.set(atMs);
      options.tick(atMs);
      for (const { name, periodMs } of schedules) if (atMs % periodMs === 0) local.bus.enqueueRun(name, atMs);
      await driver.settle(1);
      if (atMs >= toMs) return;
    }
  }

  return {
    now: clock.now,
    local: () => running.local,
    server: () => ({ url: running.url, token: options.token }),
    advanceTo,
    async restart() {
      await running.close();
      running = await start();
    },
    async close() {
      await running.close();
      lock.release();
    },
  };
}

export async function exampleConfig(): Promise<string> {
  return await readFile(join(import.meta.dirname, "..", "kintsugi.yaml"), "utf8");
}
