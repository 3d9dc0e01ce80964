/** What a shell does when somebody else wrote first: it looks again, at once or after a pause. */

export type ConflictPauses = {
  /** So often it looks again. */
  readonly max: number;
  pause(conflicts: number): Promise<void>;
};

/** Where one process writes, who wrote first has finished. */
export const noPauses: ConflictPauses = { max: 5, pause: async () => {} };

const BASE_MS = 30;
const MAX_PAUSE_MS = 1_000;
const MAX_CONFLICTS = 12;

/**
 * Where instances compete, those that pause for the same time meet again. Full jitter: AWS Architecture Blog, "Exponential Backoff And
 * Jitter" (2015). @param random uniform in [0, 1)
 */
export function jitteredPauses(sleep: (ms: number) => Promise<void>, random: () => number): ConflictPauses {
  return { max: MAX_CONFLICTS, pause: (conflicts) => sleep(random() * Math.min(MAX_PAUSE_MS, BASE_MS * 2 ** conflicts)) };
}
