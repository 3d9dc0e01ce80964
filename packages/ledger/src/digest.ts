/** An order-free digest of event keys: equal digests mean equal sets. Count and sum guard against the pairs that XOR alone would hide. */

export type Digest = { readonly count: number; readonly sum: bigint; readonly xor: bigint };

const emptyDigest: Digest = { count: 0, sum: 0n, xor: 0n };

/** Keys are hashes already: their first 60 bits serve, which DuckDB and BigQuery both hold in a signed integer. */
export function hashOf(key: string): bigint {
  return BigInt(`0x${key.slice(0, 15)}`);
}

export function digestOf(keys: Iterable<string>): Digest {
  let { count, sum, xor } = emptyDigest;
  for (const key of keys) {
    const hash = hashOf(key);
    count++;
    sum += hash;
    xor ^= hash;
  }
  return { count, sum, xor };
}

export function sameDigest(one: Digest, other: Digest): boolean {
  return one.count === other.count && one.sum === other.sum && one.xor === other.xor;
}
