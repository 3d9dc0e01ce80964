/** Cuts text for events and people. Pure. */

/** At most so many UTF-16 units, and never half of a surrogate pair: no receiver takes that for text. */
export function shorten(text: string, max: number): string {
  const cut = text.slice(0, max);
  return cut.length < text.length && /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
}
