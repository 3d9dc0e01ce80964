/** Makes a call while its port has a fault: what the caller gets, and when. */

import { Failure } from "@kintsugi/ports/failure";
import type { Clock } from "@kintsugi/ports/ports";
import type { CallFault, CallPort } from "./fault.ts";

const SLOW_MS = 5_000;
const RETRY_AFTER_MS = 30_000;

export type Call = {
  readonly port: CallPort;
  readonly isWrite: boolean;
  /** After so long the caller gives up. */
  readonly deadlineMs: number;
  /** The caller's clock. */
  readonly clock: Clock;
};

export type CallUnder = {
  readonly kind: CallFault | undefined;
  /** How long the fault still lasts. */
  readonly leftMs: number;
  /** Of a port that answers in part: how many calls of it there have been. */
  readonly count: number;
};

export async function callUnder<T>(
  { kind, leftMs, count }: CallUnder,
  { port, isWrite, deadlineMs, clock }: Call,
  run: () => Promise<T>,
): Promise<T> {
  const about = { about: port };
  switch (kind) {
    case undefined:
      return await run();
    case "unavailable":
      throw new Failure("transient", `${port} unavailable`, about);
    case "denied":
      throw new Failure("needs-human", `${port}: permission denied`, about);
    case "rate_limited":
      throw new Failure("wait-until", `${port}: rate limited`, { ...about, untilMs: clock.now() + Math.min(leftMs, RETRY_AFTER_MS) });
    case "partial":
      if (count % 2 === 0) throw new Failure("transient", `${port}: answered in part only`, about);
      return await run();
    case "slow":
      await clock.sleep(SLOW_MS);
      return await run();
    case "hang":
      await clock.sleep(deadlineMs);
      throw new Failure("transient", `${port}: no answer within ${deadlineMs / 1_000} s`, about);
    case "ambiguous": {
      const result = await run();
      if (isWrite) throw new Failure("transient", `${port}: timed out; the write may have worked`, about);
      return result;
    }
  }
}
