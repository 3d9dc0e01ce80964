/** What an entry under `healers` means, with every default in place. */

/** `propose`: a person applies each heal; `shadow`: what would be done is judged and recorded alone. */
export const healerModes = ["auto", "propose", "shadow"] as const;
export type HealerMode = (typeof healerModes)[number];

export type Healer = {
  readonly name: string;
  readonly mode: HealerMode;
  /** The collection of the batches. */
  readonly batches: string;
  /** A collection below each batch with a document for each completed member; `fields.completed` is not read then. */
  readonly completions?: string;
  readonly fields: {
    readonly expected: string;
    readonly completed: string;
    readonly failed: string;
    readonly skipped: string;
    readonly done: string;
    readonly created: string;
    readonly updated: string;
  };
  readonly stalledAfterMs: number;
  /** Settled share, 0..1, from which a stalled batch may be closed. */
  readonly completeAt: number;
  readonly maxAgeMs: number;
  readonly reasons: { readonly permanent: readonly string[]; readonly transient: readonly string[] };
  /** `document`: its path, in which `{target}` stands for the id of what was healed. */
  readonly verify: { readonly afterMs: number; readonly sql?: string; readonly document?: string };
  readonly limits: {
    readonly perTarget: number;
    readonly cooldownMs: number;
    readonly perHour: number;
    /** 0..1 */
    readonly blastRadius: number;
  };
};
