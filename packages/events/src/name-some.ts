/** Lists names for people: what is not named is counted, so that nobody takes the named ones for all. Pure. */

const MAX_NAMED = 20;

/** `a, b and 57 more`. */
export function nameSome(names: readonly string[], max = MAX_NAMED): string {
  const more = names.length - max;
  return `${names.slice(0, max).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
