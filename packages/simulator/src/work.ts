/** What one instance of a function has in hand, and how chaos hinders it: each delivery at most three times, in whichever instance. */

import type { Delivery } from "@kintsugi/local/local-bus";
import type { ChaosPlan, Hindrance } from "./chaos.ts";
import type { CallPort } from "./fault.ts";

type InHand = Pick<Delivery, "id" | "kind" | "attempt">;

export type Work = {
  taken(deliveries: readonly InHand[]): void;
  settled(ids: readonly number[]): void;
  /** Whatever was taken, nothing is in hand any more. */
  done(): void;
  /** What was taken has been decided, and is about to be stored. */
  decided(): void;
  /** Storing it failed: it is decided anew. */
  undecided(): void;
  has(id: number): boolean;
  /** Whether the process dies here. */
  dies(): boolean;
  /** How this call goes wrong. */
  hinders(port: CallPort, isWrite: boolean): Hindrance | undefined;
};

const MAX_HINDRANCES = 3;

/** @param hindered how often each delivery of the function was, by id; all its instances share it */
export function instanceWork(plan: Pick<ChaosPlan, "crashes" | "hinders">, hindered: Map<number, number>): Work {
  const inHand = new Map<number, InHand>();
  let isDecided = false;
  /** It lasts until nothing is in hand: a moment that passes in the middle of a handling would be a fault that a story has not asked for. */
  let current: Hindrance | undefined;
  let calls = 0;

  const isSpared = (): boolean => [...inHand.keys()].some((id) => (hindered.get(id) ?? 0) >= MAX_HINDRANCES);
  const count = (): void => inHand.forEach((_, id) => hindered.set(id, (hindered.get(id) ?? 0) + 1));

  /** A run that is decided twice is decided at two times, so that only what it announces is hindered. */
  function begin(port: CallPort): Hindrance | undefined {
    const deliveries = [...inHand.values()];
    const isRun = deliveries.some(({ kind }) => kind === "run");
    if (deliveries.length === 0 || (isRun && !(isDecided && port === "bus"))) return undefined;
    const hindrance = plan.hinders(Math.max(...deliveries.map(({ attempt }) => attempt)));
    if (hindrance === undefined || isSpared()) return undefined;
    count();
    return hindrance;
  }

  return {
    taken: (deliveries) => deliveries.forEach((delivery) => inHand.set(delivery.id, delivery)),
    settled(ids) {
      for (const id of ids) inHand.delete(id);
      isDecided = false;
    },
    done() {
      inHand.clear();
      current = undefined;
    },
    decided: () => void (isDecided = true),
    undecided: () => void (isDecided = false),
    has: (id) => inHand.has(id),
    dies() {
      if (!plan.crashes() || isSpared()) return false;
      count();
      return true;
    },
    hinders(port, isWrite) {
      if (!concerns(port, isWrite)) return undefined;
      if (current !== undefined) return current === "partial" && ++calls % 2 === 1 ? undefined : current;
      const begun = begin(port);
      // One call hangs, and not the next.
      current = begun === "hang" ? undefined : begun;
      calls = 0;
      return begun;
    },
  };
}

/** Chaos concerns the documents, the bus and the ledger's tables; of the warehouse only the ledger is written. */
function concerns(port: CallPort, isWrite: boolean): boolean {
  return port === "documents" || port === "bus" || (port === "warehouse" && isWrite);
}
