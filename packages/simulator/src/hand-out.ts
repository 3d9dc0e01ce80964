/** The engine's side of the bus, for one instance of a function: the bus keeps its own time, and gives no two instances the same delivery. */

import type { Delivery } from "@kintsugi/local/local-bus";
import type { MemoryBus } from "./memory-bus.ts";
import type { Work } from "./work.ts";

export type HandingOut = {
  readonly isThere: () => boolean;
  readonly now: () => number;
  /** How far the function's clock is off, in ms. */
  readonly clockErrorMs: () => number;
  /** How many instances share what is due, this one included. */
  readonly idle: () => number;
  readonly isElsewhere: (id: number) => boolean;
};

export function handOut(bus: MemoryBus, work: Work, around: HandingOut): Pick<MemoryBus, "take" | "ack" | "nack"> {
  return {
    take(subscription, _ownNowMs, limit): readonly Delivery[] {
      if (!around.isThere()) return [];
      const due = bus.take(subscription, around.now(), Number.POSITIVE_INFINITY).filter(({ id }) => !around.isElsewhere(id));
      const shares = around.idle();
      const share = due.filter((_, index) => index % shares === 0).slice(0, limit);
      work.taken(share);
      return share;
    },
    ack(ids) {
      bus.ack(ids);
      work.settled(ids);
    },
    nack(ids, dueMs) {
      bus.nack(ids, dueMs - around.clockErrorMs());
      work.settled(ids);
    },
  };
}
