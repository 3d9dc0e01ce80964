/** What a query costs. */

/** Dollars per TiB on demand. Source: BigQuery's price list. */
const DOLLARS_PER_TIB = 6.25;

export function dollarsOf(bytes: number): number {
  return (bytes / 2 ** 40) * DOLLARS_PER_TIB;
}
