/** The local host: all functions in one process on the wall clock, and an HTTP door. */

import type { Config } from "@kintsugi/config/model";
import type { Log } from "@kintsugi/function-kit/deliver-events";
import { watchCollection } from "@kintsugi/pattern-detector/watch";
import { drive, type Driver } from "./drive.ts";
import { openDoor } from "./host-http.ts";
import { lockFolder, type FolderLock } from "./host-lock.ts";
import { hostRequests } from "./host-requests.ts";
import { hostToken } from "./host-token.ts";
import { checkLocal, localFolder, openLocal, type Local, type LocalOptions } from "./open-local.ts";
import { schedulesOf } from "./schedule.ts";
import { hostStartId } from "./status.ts";

export type HostOptions = LocalOptions & {
  readonly log: Log;
  readonly pid: number;
};

export type Host = {
  readonly url: string;
  readonly token: string;
  /** Finishes what is at work, closes everything, and lets the folder go. */
  stop(): Promise<void>;
};

/** @param door the port (0 takes a free one), and the token if it is given from outside */
export async function startHost(config: Config, options: HostOptions, door: { port: number; token?: string | undefined }): Promise<Host> {
  return await withFolder(config, options, async (local, lock) => {
    const token = hostToken(localFolder(config), door.token);
    const schedules = schedulesOf(local.declarations, config);
    const driver = drive(local, schedules, options.log);
    const { url, close } = await openDoor({ port: door.port, token, answer: hostRequests(local, driver), log: options.log });
    const started = new Date(options.clock.now()).toISOString();
    lock.record({ pid: options.pid, started, url, token });
    await local.documents.commit({
      writes: [{ op: "set", collection: watchCollection, id: hostStartId, data: { started } }],
      publish: [],
      outbox: "host",
    });
    driver.kick();
    return {
      url,
      token,
      async stop() {
        const closed = close();
        await driver.stop();
        await closed;
        local.close();
        lock.release();
      },
    };
  });
}

/** The functions without a door and without schedules: for runs by hand. */
export async function openWorkshop(
  config: Config,
  options: HostOptions,
): Promise<{ local: Local; driver: Driver; close(): Promise<void> }> {
  return await withFolder(config, options, async (local, lock) => {
    lock.record({ pid: options.pid, started: new Date(options.clock.now()).toISOString() });
    const driver = drive(local, [], options.log);
    return {
      local,
      driver,
      async close() {
        await driver.stop();
        local.close();
        lock.release();
      },
    };
  });
}

/** Nothing stays open or locked when the start fails. */
async function withFolder<T>(config: Config, options: HostOptions, start: (local: Local, lock: FolderLock) => Promise<T>): Promise<T> {
  const lock = lockFolder(localFolder(config));
  let local: Local | undefined;
  try {
    local = openLocal(config, options);
    await checkLocal(local);
    return await start(local, lock);
  } catch (error) {
    local?.close();
    lock.release();
    throw error;
  }
}
