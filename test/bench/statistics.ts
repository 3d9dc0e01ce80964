/** Figures from samples. Pure. */

/** The smallest sample that at least this share of the samples does not exceed. @param share 0..1 */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** How many of these, one after the other, fit into a second. */
export function perSecond(samplesMs: readonly number[]): number {
  return (1_000 * samplesMs.length) / samplesMs.reduce((sum, ms) => sum + ms, 0);
}
