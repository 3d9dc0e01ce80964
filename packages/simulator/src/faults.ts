/** What goes wrong at a port for a while, as the story says: each port's calls pass through here. */

import { Failure } from "@kintsugi/ports/failure";
import { type Call, callUnder } from "./call-under.ts";
import type { CallFault, CallPort, Fault } from "./fault.ts";
import type { VirtualClock } from "./virtual-clock.ts";

export type Faults = {
  add(fault: Fault): void;
  /** How calls of the port go wrong. */
  active(port: CallPort): CallFault | undefined;
  /** Why nothing that a function announces is published, though the bus takes what others send. */
  publishFailure(): Failure | undefined;
  /** How far a function's wall clock is off, in ms; back is negative. */
  clockErrorMs(functionName: string): number;
  /** The next instant at which a fault ends. */
  nextEnd(): number | undefined;
  /** Makes a call as the port's state allows it. */
  call<T>(call: Call, run: () => Promise<T>): Promise<T>;
};

type Counted = { readonly fault: Fault; calls: number };

export function faults(clock: Pick<VirtualClock, "now">): Faults {
  const all: Counted[] = [];
  /** The newest counts. */
  const current = (isIt: (fault: Fault) => boolean): Counted | undefined =>
    all.findLast(({ fault }) => fault.fromMs <= clock.now() && clock.now() < fault.untilMs && isIt(fault));
  const ofCalls = (port: CallPort): Counted | undefined => current((fault) => fault.port === port && !("failure" in fault));

  return {
    add: (fault) => void all.push({ fault, calls: 0 }),
    active: (port) => kindOf(ofCalls(port)?.fault),
    publishFailure() {
      const fault = current((candidate) => "failure" in candidate)?.fault;
      return fault !== undefined && "failure" in fault ? publishFailure(fault.failure) : undefined;
    },
    clockErrorMs(name) {
      const fault = current((candidate) => candidate.port === "clock" && (candidate.function ?? name) === name)?.fault;
      return fault?.port === "clock" ? fault.byMs : 0;
    },
    nextEnd() {
      const ends = all.map(({ fault }) => fault.untilMs).filter((untilMs) => untilMs > clock.now());
      return ends.length === 0 ? undefined : Math.min(...ends);
    },
    async call(call, run) {
      const counted = ofCalls(call.port);
      if (counted === undefined) return await run();
      const leftMs = counted.fault.untilMs - clock.now();
      return await callUnder({ kind: kindOf(counted.fault), leftMs, count: counted.calls++ }, call, run);
    },
  };
}

export function publishFailure(failure: Failure["failure"]): Failure {
  return new Failure(failure, "bus: what was stored cannot be published", { about: "bus" });
}

function kindOf(fault: Fault | undefined): CallFault | undefined {
  return fault === undefined || fault.port === "clock" || "failure" in fault ? undefined : fault.kind;
}
