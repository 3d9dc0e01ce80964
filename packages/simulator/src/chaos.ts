/** What the bus and the processes do to a delivery meanwhile, from the seed. Each delivery is hindered at most three times. */

import { z } from "zod";

export const Chaos = z.enum(["none", "redeliver", "reorder", "crash", "storm"]);
export type Chaos = z.infer<typeof Chaos>;

export type ChaosPlan = {
  /** When the copies of one message reach one subscription: delays in ms, one per copy. */
  delays(): readonly number[];
  /** Whether the process dies at this port call. */
  crashes(): boolean;
};

const MAX_DELAY_MS = 8_000;
const DUPLICATE_RATIO = 0.5;
const CRASH_RATIO = 0.03;
/** A process that has just died gets through so many calls at least, so that the story goes on. */
const CALLS_BETWEEN_CRASHES = 40;

export function chaosPlan(chaos: Chaos, random: () => number): ChaosPlan {
  const delays = chaos === "reorder" || chaos === "storm";
  const duplicates = chaos === "redeliver" || chaos === "storm";
  const crashes = chaos === "crash" || chaos === "storm";
  const delay = (): number => (delays ? Math.floor(random() * MAX_DELAY_MS) : 0);
  let callsSinceCrash = 0;
  return {
    delays() {
      if (chaos === "none") return [0];
      const copies = duplicates && random() < DUPLICATE_RATIO ? 2 : 1;
      return Array.from({ length: copies }, (_, copy) => delay() + (copy === 0 ? 0 : 1 + Math.floor(random() * MAX_DELAY_MS)));
    },
    crashes() {
      if (!crashes || ++callsSinceCrash < CALLS_BETWEEN_CRASHES || random() >= CRASH_RATIO) return false;
      callsSinceCrash = 0;
      return true;
    },
  };
}
