/** The name that was probably meant. Pure. */

import { distance } from "fastest-levenshtein";

/** More than this share of a word is no slip of the hand. */
const MOST_CHANGED = 0.4;

export function nearestOf(given: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, changes: distance(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, changes }) => changes <= MOST_CHANGED * Math.max(given.length, name.length) || lettersOf(given) === lettersOf(name))
    .sort((a, b) => a.changes - b.changes);
  return ranked[0]?.name;
}

/** Swapped letters are one slip, though two changes: that matters for short words. */
function lettersOf(word: string): string {
  return word.toLowerCase().split("").sort().join("");
}
