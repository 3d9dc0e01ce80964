/** What `kintsugi status` says: functions, open incidents, what waits. */

import type { Config } from "@kintsugi/config/model";
import type { JsonObject } from "@kintsugi/ports/json";
import type { LocalSystem } from "./open-local.ts";

export type Status = {
  readonly functions: readonly { readonly name: string; readonly last_run: string | null; readonly last_success: string | null; readonly verdict: string | null; readonly silent: boolean }[];
  readonly incidents: readonly { readonly key: string; readonly severity: string; readonly state: string; readonly opened: string; readonly count: number; readonly root: string | null; readonly title: string }[];
  readonly dead_letters: number;
  readonly pending: Readonly<Record<string, number>>;
};

export async function readStatus({ documents, bus, declarations }: Pick<LocalSystem, "documents" | "bus" | "declarations"> & { readonly config: Config }): Promise<Status> {
  const incidents = (await documents.list("kintsugi_incidents")).map(({ data }) => data).filter((data) => data["state"] === "open");
  const functions = [];
  for (const { name } of declarations) {
    const watched = await documents.get("kintsugi_watch", name);
    functions.push({
      name,
      last_run: timeOf(watched?.data, "lastMs"),
      last_success: timeOf(watched?.data, "lastOkMs"),
      verdict: typeof watched?.data["verdict"] === "string" ? watched.data["verdict"] : null,
      silent: incidents.some((data) => data["key"] === `watch:${name}`),
    });
  }
  return {
    functions,
    incidents: incidents.map((data) => ({
      key: String(data["key"]),
      severity: String(data["severity"]),
      state: String(data["state"]),
      opened: String(data["opened"]),
      count: Number(data["count"]),
      root: typeof data["root"] === "string" ? data["root"] : null,
      title: String(data["title"]),
    })),
    dead_letters: (await documents.list("kintsugi_dead_letters")).length,
    pending: bus.pendingBySubscription(),
  };
}

function timeOf(data: JsonObject | undefined, name: string): string | null {
  const ms = data?.[name];
  return typeof ms === "number" ? new Date(ms).toISOString() : null;
}
