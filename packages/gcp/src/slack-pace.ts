/** Slack's limits, kept before Slack has to: a bucket of tokens for each method, for posts one in each channel; and where Slack says how long to wait, its whole method does. */

export type PaceTime = {
  /** Never goes back, and knows nothing of the wall's clock. */
  readonly monotonicMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
};

export type Pace = {
  /** Waits for the call's turn. Returns how long the turn is away where that is too long to wait for, and 0 when the call may be made. */
  turn(method: string, channel: string | undefined): Promise<number>;
  /** Slack has refused a call of the method for so long. */
  hold(method: string, ms: number): void;
};

type Limit = { readonly everyMs: number; readonly burst: number; readonly perChannel: boolean };

/** What a bucket gives at once and what it gives again in a minute are together the most that a tier takes in any minute. */
function tier(perMinute: number, burst: number): Limit {
  return { everyMs: 60_000 / (perMinute - burst), burst, perChannel: false };
}

/** One a second in each channel; the rest is for what takes longer on the way than the next. https://docs.slack.dev/apis/web-api/rate-limits */
const POSTS: Limit = { everyMs: 1_050, burst: 1, perChannel: true };
const LIMITS: ReadonlyMap<string, Limit> = new Map([
  ["chat.postMessage", POSTS],
  ["chat.update", tier(50, 5)],
  ["conversations.history", tier(50, 5)],
  ["conversations.replies", tier(50, 5)],
  ["conversations.list", tier(20, 3)],
]);

/** A claim covers the wait and the call. */
const MAX_WAIT_MS = 5_000;

export function slackPace({ monotonicMs, sleep }: PaceTime): Pace {
  /** When a full bucket would be full again: the generic cell rate algorithm (ITU-T I.371). */
  const fullAt = new Map<string, number>();
  const heldUntil = new Map<string, number>();

  function heldMs(method: string): number {
    return Math.max(0, (heldUntil.get(method) ?? 0) - monotonicMs());
  }

  return {
    async turn(method, channel) {
      const limit = LIMITS.get(method);
      if (heldMs(method) > 0 || limit === undefined) return heldMs(method);
      const nowMs = monotonicMs();
      const bucket = limit.perChannel ? `${method} ${channel}` : method;
      const full = Math.max(nowMs, fullAt.get(bucket) ?? 0);
      const waitMs = Math.max(0, full - nowMs - (limit.burst - 1) * limit.everyMs);
      if (waitMs > MAX_WAIT_MS) return waitMs;
      fullAt.set(bucket, full + limit.everyMs);
      if (waitMs > 0) await sleep(waitMs);
      return heldMs(method);
    },
    hold: (method, ms) => void heldUntil.set(method, Math.max(heldUntil.get(method) ?? 0, monotonicMs() + ms)),
  };
}
