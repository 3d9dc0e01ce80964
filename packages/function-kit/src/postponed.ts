/** Messages that are not worth another try before a time: a bus that knows no delay brings them back too early. */

/** More than this waits for nothing; who is forgotten is tried once more, and told again. */
const MAX_KEPT = 10_000;

export type Postponed = {
  /** @param untilMs epoch ms */
  postpone(messageId: string, untilMs: number): void;
  /** Until when it waits, epoch ms; undefined when its time has come. */
  untilMs(messageId: string, nowMs: number): number | undefined;
};

/** Kept by one process: another one tries once, and then knows too. */
export function postponedMessages(): Postponed {
  const until = new Map<string, number>();
  return {
    postpone(messageId, untilMs) {
      until.set(messageId, untilMs);
      const [oldest] = until.keys();
      if (until.size > MAX_KEPT && oldest !== undefined) until.delete(oldest);
    },
    untilMs(messageId, nowMs) {
      const untilMs = until.get(messageId);
      if (untilMs === undefined || untilMs > nowMs) return untilMs;
      until.delete(messageId);
      return undefined;
    },
  };
}
