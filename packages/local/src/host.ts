/** The local host: all configured functions in one process on the wall clock, until it is stopped. */

import type { Log } from "@kintsugi/function-kit/deliver-events";
import { createDriver } from "./driver.ts";
import { type HttpDoor, openDoor } from "./host-http.ts";
import { lockFolder, writeHost } from "./host-lock.ts";
import { hostStarted } from "./host-started.ts";
import { localFolder, type LocalSystem } from "./open-local.ts";

export type HostOptions = {
  /** 0 takes a free one. */
  readonly port: number;
  readonly token: string;
  readonly pid: number;
  readonly log: Log;
};

export type Host = {
  readonly url: string;
  /** Finishes what is at work; all else is on disk. */
  stop(): Promise<void>;
};

/** After so long without a tick the time between was no silence of the functions, but of the host. */
const LONG_PAUSE_MS = 15 * 60_000;
/** A timer may oversleep; looking this often bounds it. */
const MAX_SLEEP_MS = 60_000;

/** @param open opens the system; called with the folder locked */
export async function startHost(config: LocalSystem["config"], open: () => LocalSystem, options: HostOptions): Promise<Host> {
  const folder = localFolder(config);
  const lock = lockFolder(folder);
  let system: LocalSystem | undefined;
  let door: HttpDoor;
  try {
    system = open();
    door = await openDoor(system, createDriver(system, options.log), options);
  } catch (error) {
    system?.close();
    lock.release();
    throw error;
  }
  const { clock } = system.dependencies;
  const lastTick = await system.documents.get("kintsugi_watch", "pattern-detector");
  if (clock.now() - Number(lastTick?.data["lastMs"] ?? 0) > LONG_PAUSE_MS) await system.documents.commit(hostStarted(clock.now()));
  writeHost(folder, { pid: options.pid, url: door.url, token: options.token, started: new Date(clock.now()).toISOString() });

  let isStopping = false;
  const running = run(door, () => isStopping, clock.now);
  return {
    url: door.url,
    async stop() {
      isStopping = true;
      door.driver.wake();
      await running;
      await door.close();
      system.close();
      lock.release();
    },
  };
}

async function run({ driver }: HttpDoor, isStopping: () => boolean, now: () => number): Promise<void> {
  while (!isStopping()) {
    const woken = driver.woken();
    driver.fireSchedules();
    driver.engine.startDue();
    const sleepMs = Math.min(MAX_SLEEP_MS, Math.max(0, driver.nextMs() - now()));
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([woken, new Promise<void>((resolve) => void (timer = setTimeout(resolve, sleepMs)))]);
    clearTimeout(timer);
  }
  while (driver.engine.working().length > 0) await driver.woken();
}
