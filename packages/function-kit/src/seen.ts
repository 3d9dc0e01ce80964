/** The marks of events and runs that were handled. */

export const seenCollection = "kintsugi_seen";

/** Longer than any bus brings a message back. */
export const SEEN_MS = 7 * 24 * 3_600_000;
