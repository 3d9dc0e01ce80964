/** How a verb reaches the installation: through the host while one runs on the folder, else by the files themselves. */

import type { Config } from "@kintsugi/config/model";
import { heldBy, holderOf, lockFolder } from "@kintsugi/local/host-lock";
import { type Local, localFolder, openLocal } from "@kintsugi/local/open-local";
import type { JsonObject } from "@kintsugi/ports/json";
import { Refusal, type CommandContext } from "./command-context.ts";

export type HostAnswer = { readonly status: number; readonly body: JsonObject };
export type HostCall = (method: string, path: string, body?: unknown) => Promise<HostAnswer>;

/** @param viaHost asks the running host. @param viaFiles works on the files, which nobody else holds meanwhile */
export async function reach<T>(
  config: Config,
  context: CommandContext,
  viaHost: (call: HostCall) => Promise<T>,
  viaFiles: (local: Local) => Promise<T>,
): Promise<T> {
  const folder = localFolder(config);
  const holder = holderOf(folder);
  if (holder !== undefined) {
    const { url, token } = holder;
    if (url === undefined || token === undefined) throw new Refusal(heldBy(folder, holder));
    return await viaHost((method, path, body) => call({ url, token }, method, path, body));
  }
  const lock = lockFolder(folder);
  const local = openLocal(config, { clock: { now: context.now }, say: () => {} });
  try {
    return await viaFiles(local);
  } finally {
    local.close();
    lock.release();
  }
}

async function call(host: { url: string; token: string }, method: string, path: string, body?: unknown): Promise<HostAnswer> {
  const response = await fetch(`${host.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${host.token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as JsonObject };
}

/** The body of a good answer. @throws Refusal with the host's reason otherwise */
export function bodyOf({ status, body }: HostAnswer): JsonObject {
  if (status >= 400) throw new Refusal(String(body["error"] ?? `the host answered ${status}`));
  return body;
}
