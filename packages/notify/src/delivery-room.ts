/** One channel of one receiver: its messages are brought one after the other, the gravest first, and what fails there is tried at growing distances. */

import { Failure, isPassing } from "@kintsugi/ports/failure";
import { isUrgent } from "./decide-delivery.ts";
import { deliver, type Delivery } from "./deliver.ts";
import { merge, mergeKey } from "./merge-tellings.ts";
import type { Telling } from "./receiver.ts";
import type { Parts } from "./stored-entry.ts";

export type Brought = Exclude<Delivery, { status: "early" }>;

export type DeliveryRoom = {
  /** Resolves when it has been told, or has failed; it stays here until then. */
  bring(telling: Telling): Promise<Brought>;
  /** What failed here last, until something works again. */
  trouble(): unknown;
};

type Item = {
  telling: Telling;
  readonly brought: Promise<Brought>;
  readonly finish: (brought: Brought) => void;
};

const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 60_000;
/** Whatever a receiver asks for. */
const MAX_WAIT_MS = 900_000;

export function openRoom(parts: Parts): DeliveryRoom {
  const { clock } = parts;
  /** By what may be merged, oldest first. */
  const waiting = new Map<string, Item>();
  /** What is not worth a try before its time. */
  const early = new Map<string, Item>();
  let isAtWork = false;
  let failures = 0;
  let trouble: unknown;

  async function work(): Promise<void> {
    if (isAtWork) return;
    isAtWork = true;
    for (let item = takeNext(waiting); item !== undefined; item = takeNext(waiting)) await tryOne(item);
    isAtWork = false;
  }

  async function tryOne(item: Item): Promise<void> {
    const delivery = await deliver(parts, item.telling);
    if (delivery.status === "early") return setAside(item, delivery.untilMs - clock.now());
    item.finish(delivery);
    if (delivery.status === "done") [failures, trouble] = [0, undefined];
    if (delivery.status !== "failed") return;
    trouble = delivery.error;
    failAlike(item, delivery);
    await clock.sleep(pauseMs(delivery.error, failures++, clock.now()));
  }

  /** What comes after it about the same keeps its place. */
  function failAlike({ telling }: Item, delivery: Brought): void {
    for (const [key, other] of waiting) {
      if (other.telling.wanted.messageKey !== telling.wanted.messageKey) continue;
      waiting.delete(key);
      other.finish(delivery);
    }
  }

  function setAside(item: Item, ms: number): void {
    const key = mergeKey(item.telling);
    const newer = waiting.get(key);
    if (newer !== undefined) return join(newer, item);
    early.set(key, item);
    void clock.sleep(Math.max(0, ms)).then(() => {
      if (early.get(key) === item) hurry(key, item);
    });
  }

  function hurry(key: string, item: Item): void {
    early.delete(key);
    waiting.set(key, item);
    void work();
  }

  return {
    bring(telling) {
      const key = mergeKey(telling);
      const aside = early.get(key);
      const known = waiting.get(key) ?? aside;
      const item = known ?? newItem(telling);
      item.telling = known === undefined ? telling : merge(known.telling, telling);
      if (aside === undefined || isUrgent(item.telling.wanted)) hurry(key, item);
      return item.brought;
    },
    trouble: () => trouble,
  };
}

function newItem(telling: Telling): Item {
  const { promise, resolve } = Promise.withResolvers<Brought>();
  return { telling, brought: promise, finish: resolve };
}

/** The newer one stands for both. */
function join(newer: Item, item: Item): void {
  newer.telling = merge(newer.telling, item.telling);
  void newer.brought.then(item.finish);
}

/** Something critical comes first, but after what waits of the same message. */
function takeNext(waiting: Map<string, Item>): Item | undefined {
  const all = [...waiting];
  const top = all.find(([, { telling }]) => telling.wanted.isCritical && telling.wanted.state === "open") ?? all[0];
  const next = all.find(([, { telling }]) => telling.wanted.messageKey === top?.[1].telling.wanted.messageKey);
  if (next !== undefined) waiting.delete(next[0]);
  return next?.[1];
}

function pauseMs(error: unknown, failures: number, nowMs: number): number {
  if (error instanceof Failure && error.untilMs !== undefined) return Math.min(MAX_WAIT_MS, Math.max(0, error.untilMs - nowMs));
  return isPassing(error) ? Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 10)) : 0;
}
