/** The local host: all functions in one process on the wall clock, and an HTTP server. */

import type { Config } from "@kintsugi/config/model";
import type { Log } from "@kintsugi/function-kit/deliver-events";
import { messageOf } from "@kintsugi/ports/failure";
import { drive, type Driver } from "./drive.ts";
import { lockFolder, type FolderLock } from "./host-lock.ts";
import { hostRequests } from "./host-requests.ts";
import { hostToken } from "./host-token.ts";
import { startHttpServer } from "./http-server.ts";
import { checkLocal, localFolder, openLocal, type Local, type LocalOptions } from "./open-local.ts";
import { schedulesOf } from "./schedule.ts";

export type HostOptions = LocalOptions & {
  readonly log: Log;
  readonly pid: number;
};

/** A look at the data that takes longer than that is given up when the host stops. */
const PATIENCE_MS = 3_000;

export type Host = {
  readonly url: string;
  readonly token: string;
  /** Gives what is at work 4 s to finish, closes everything, and lets the folder go. */
  stop(): Promise<void>;
};

/** @param at the port (0 takes a free one), and the token if it is given from outside */
export async function startHost(config: Config, options: HostOptions, at: { port: number; token?: string | undefined }): Promise<Host> {
  return await withFolder(config, options, async (local, lock) => {
    const token = hostToken(localFolder(config), at.token);
    const schedules = schedulesOf(local.declarations, config);
    const driver = drive(local, schedules, options.log);
    const { url, close } = await startHttpServer({
      port: at.port,
      token,
      answer: hostRequests(local, driver),
      log: options.log,
      hidden: config.hidden,
    });
    const started = new Date(options.clock.now()).toISOString();
    lock.record({ pid: options.pid, started, url, token });
    driver.kick();
    void tellReceiverProblems(local, options.log);
    return {
      url,
      token,
      async stop() {
        const closed = close();
        const impatient = setTimeout(() => local.interrupt(), PATIENCE_MS);
        await driver.stop();
        clearTimeout(impatient);
        await closed;
        local.close();
        lock.release();
      },
    };
  });
}

/** The functions without an HTTP server and without schedules: each runs when it is told to. */
export async function openForManualRuns(
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

/** What a receiver would refuse for good is told at once, not with the first message. The host runs all the same: it may be mended meanwhile. */
async function tellReceiverProblems({ config, dependencies: { chat } }: Local, log: Log): Promise<void> {
  const tell = (reason: string): void => log({ severity: "WARNING", message: `${chat.receiver} would refuse messages`, reason });
  try {
    const channels = [...new Set(Object.values(config.slack.channels))];
    for (const problem of await chat.problems(channels)) tell(problem);
  } catch (error) {
    log({ severity: "WARNING", message: `${chat.receiver} could not be asked whether it takes messages`, reason: messageOf(error) });
  }
}

/** Nothing stays open or locked when the start fails. */
async function withFolder<T>(config: Config, options: HostOptions, start: (local: Local, lock: FolderLock) => Promise<T>): Promise<T> {
  const lock = lockFolder(localFolder(config));
  let local: Local | undefined;
  try {
    local = openLocal(config, options);
    for (const reason of await checkLocal(local))
      options.log({ severity: "WARNING", message: "what is configured cannot be checked as it is", reason });
    return await start(local, lock);
  } catch (error) {
    local?.close();
    lock.release();
    throw error;
  }
}
