/** A delivery is hindered by at most three crashes, however many calls its handling takes. */

import type { Delivery } from "@kintsugi/local/local-bus";

export type CrashLimit = {
  /** Another process has started: it works on nothing yet. */
  restarted(): void;
  taken(deliveries: readonly Pick<Delivery, "id" | "attempt">[]): void;
  settled(ids: readonly number[]): void;
  /** Whether the process works on a delivery that has been hindered often enough. */
  isReached(): boolean;
};

const MAX_CRASHES = 3;

export function crashLimit(): CrashLimit {
  /** How often each attempt of a delivery was begun: a process that dies begins the same attempt again. */
  const begun = new Map<string, number>();
  const spared = new Set<number>();
  return {
    restarted: () => spared.clear(),
    taken(deliveries) {
      for (const { id, attempt } of deliveries) {
        const times = (begun.get(`${id} ${attempt}`) ?? 0) + 1;
        begun.set(`${id} ${attempt}`, times);
        if (times > MAX_CRASHES) spared.add(id);
      }
    },
    settled: (ids) => ids.forEach((id) => spared.delete(id)),
    isReached: () => spared.size > 0,
  };
}
