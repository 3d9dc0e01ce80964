/** Chance from a seed: the same seed gives the same histories on every machine. */

export type Chance = {
  /** Uniform in [0, 1). */
  next(): number;
  /** Whether something happens that happens this often, 0..1. */
  happens(share: number): boolean;
  /** Each with the same chance. */
  pick<T>(list: readonly T[]): T;
};

/** Source: mulberry32 by Tommy Ettinger (public domain). */
export function seededRandom(seed: number): Chance {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  return { next, happens: (share) => next() < share, pick: (list) => list[Math.floor(next() * list.length)]! };
}
