/** What goes wrong at a port for a while: each port's calls pass through here. */

import { Failure } from "@kintsugi/ports/failure";
import type { Fault, FaultKind, PortName } from "./fault.ts";
import type { VirtualClock } from "./virtual-clock.ts";

const SLOW_MS = 5_000;
const RETRY_AFTER_MS = 30_000;

export type Faults = {
  add(fault: Fault): void;
  active(port: PortName): FaultKind | undefined;
  /** The next instant at which a fault ends. */
  nextEnd(): number | undefined;
  /** Makes a call as the port's state allows it. An ambiguous fault lets a write work and reports a failure. */
  call<T>(port: PortName, isWrite: boolean, run: () => Promise<T>): Promise<T>;
};

export function faults(clock: VirtualClock): Faults {
  const all: Fault[] = [];
  let partial = 0;
  const current = (port: PortName): Fault | undefined =>
    all.findLast((fault) => fault.port === port && fault.fromMs <= clock.now() && clock.now() < fault.untilMs);

  async function call<T>(port: PortName, isWrite: boolean, run: () => Promise<T>): Promise<T> {
    const fault = current(port);
    const about = { about: port };
    switch (fault?.kind) {
      case undefined:
        return await run();
      case "unavailable":
        throw new Failure("transient", `${port} unavailable`, about);
      case "denied":
        throw new Failure("needs-human", `${port}: permission denied`, about);
      case "rate_limited":
        throw new Failure("wait-until", `${port}: rate limited`, {
          ...about,
          untilMs: Math.min(fault.untilMs, clock.now() + RETRY_AFTER_MS),
        });
      case "partial":
        if (partial++ % 2 === 0) throw new Failure("transient", `${port}: answered in part only`, about);
        return await run();
      case "slow":
        await clock.sleep(SLOW_MS);
        return await run();
      case "ambiguous": {
        const result = await run();
        if (isWrite) throw new Failure("transient", `${port}: timed out; the write may have worked`, about);
        return result;
      }
    }
  }

  return {
    add: (fault) => void all.push(fault),
    active: (port) => current(port)?.kind,
    nextEnd() {
      const ends = all.map(({ untilMs }) => untilMs).filter((untilMs) => untilMs > clock.now());
      return ends.length === 0 ? undefined : Math.min(...ends);
    },
    call,
  };
}
