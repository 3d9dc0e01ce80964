/** Publishes what changes of anybody left behind. Each message goes by itself, so that one that no bus takes holds up nobody. */

import type { Bus, Message } from "@kintsugi/ports/bus";
import type { Unpublished } from "@kintsugi/ports/documents";
import { isLasting, messageOf } from "@kintsugi/ports/failure";
import type { Row } from "./outbox.ts";

export type OutboxRows = {
  /** In the order of ids, after this one. */
  list(after: string | undefined, limit: number): Promise<readonly Row[]>;
  /** Replaces what is left of a row; none is left: the row goes. */
  settle(row: Row, left: readonly Message[]): Promise<void>;
};

export type Sweep = { readonly rows: OutboxRows; readonly bus: Bus; readonly now: () => number };

const PAGE = 300;
const AT_ONCE = 20;
/** No new rows are begun after so long: the next sweep goes on. */
const MAX_SWEEP_MS = 10_000;
/** A bus that is away for a while is told by its silence; a message that waits for so long is told of, whatever the reason. */
const TOLD_AFTER_MS = 15 * 60_000;

export async function sweepOutbox({ rows, bus, now }: Sweep, untilMs: number): Promise<readonly Unpublished[]> {
  const startedMs = now();
  const unpublished: Unpublished[] = [];
  for (let after: string | undefined; ;) {
    const page = await rows.list(after, PAGE);
    const old = page.filter(({ atMs }) => atMs < untilMs);
    for (let from = 0; from < old.length; from += AT_ONCE) {
      if (now() - startedMs > MAX_SWEEP_MS) return unpublished;
      const swept = old.slice(from, from + AT_ONCE).map((row) => publishRow({ rows, bus, now }, row));
      unpublished.push(...(await Promise.all(swept)).flat());
    }
    if (page.length < PAGE) return unpublished;
    after = page.at(-1)!.id;
  }
}

async function publishRow({ rows, bus, now }: Sweep, row: Row): Promise<readonly Unpublished[]> {
  const tried = await Promise.allSettled(row.messages.map((message) => bus.publish([message])));
  const failed = tried.flatMap((result, index) =>
    result.status === "rejected" ? [{ message: row.messages[index]!, reason: result.reason as unknown }] : [],
  );
  if (failed.length < row.messages.length)
    await rows.settle(
      row,
      failed.map(({ message }) => message),
    );
  const isOverdue = now() - row.atMs >= TOLD_AFTER_MS;
  return failed.flatMap(({ message, reason }) => (isLasting(reason) || isOverdue ? [unpublishedOf(message, reason)] : []));
}

function unpublishedOf({ attributes, topic }: Message, reason: unknown): Unpublished {
  return { source: attributes["ce-source"] ?? "", topic, reason: messageOf(reason) };
}
