/** Marks the start of watching, from which silence counts: not each restart, or a host that keeps crashing would never find anybody silent. */

import type { Change } from "@kintsugi/ports/documents";

export function hostStarted(nowMs: number): Change {
  return {
    writes: [{ op: "set", collection: "kintsugi_watch", id: "_host", data: { started: new Date(nowMs).toISOString() } }],
    publish: [],
    outbox: "host-started",
  };
}
