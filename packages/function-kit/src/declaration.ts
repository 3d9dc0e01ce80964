/** A function as the host, the simulator and the cloud entry see it: name, trigger, topics, handlers. */

import type { Config, Schedules } from "@kintsugi/config/model";
import type { EventOf, Event } from "@kintsugi/events/event";
import type { DataOf, EventType } from "@kintsugi/events/catalogue";
import type { Channel } from "@kintsugi/events/fields";
import type { Observation } from "@kintsugi/events/observation";
import type { RunCompleted } from "@kintsugi/events/runs";
import type { Scope } from "@kintsugi/events/subject";
import type { Topic } from "@kintsugi/events/topics";
import type { Write } from "@kintsugi/ports/documents";
import type { JsonObject } from "@kintsugi/ports/json";
import type { Ports } from "@kintsugi/ports/ports";

/** What a handler wants published; the shell makes the id (from the cause and `purpose`), source and time. */
export type NewEvent<T extends EventType = EventType> = T extends EventType
  ? { readonly type: T; readonly purpose: string; readonly subject?: string; readonly timeMs?: number; readonly data: DataOf<T> }
  : never;

export type Outcome = {
  /** Stored in one atomic write with the mark that the events were seen; preconditions are those of what was read. */
  readonly writes?: readonly Write[];
  readonly publish?: readonly NewEvent[];
  /** Facts for the log: a decision once, with its reason. */
  readonly log?: readonly JsonObject[];
  /** Events that were understood and cannot be acted on, each with the reason for its sender; they go to the dead letters. */
  readonly refused?: readonly { readonly event: Event; readonly reason: string }[];
  /** Events that could not be handled yet and come back, each with the failure that kept it: it holds up none of the others. */
  readonly later?: readonly Later[];
};

export type Later = { readonly event: Event; readonly error: unknown };

export type RunOutcome = Omit<Outcome, "refused" | "later"> &
  Pick<RunCompleted, "verdict" | "reason" | "healers"> & {
    readonly counts?: RunCompleted["counts"];
    /** Of all that was looked at, in the producer's words. That of the function itself is the shell's, made from the verdict. */
    readonly observations?: readonly Observation[];
    /** Groups of which every subject that is not well stands among the observations. */
    readonly complete?: readonly Scope[];
    /** Of a run that could not look: what could not be read, as in an observation. */
    readonly cause?: string;
    /** Nothing was applicable, so the run says nothing of whether it could have looked. */
    readonly isIdle?: boolean;
  };

export type Run = {
  /** Stable over repeats of the same run. */
  readonly id: string;
  /** When the run was due, epoch ms; equals `nowMs` for a run by hand. */
  readonly dueMs: number;
  readonly nowMs: number;
};

export type Context = {
  readonly nowMs: number;
  /** A handler that waits for others hands back what is not done after so long. */
  readonly patienceMs: number;
};

/** `id`: what the platform has verified, such as an e-mail address; never what a request says of itself. */
export type Caller = { readonly id: string };

export type RouteRequest = {
  readonly params: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly nowMs: number;
  /** Undefined where nobody's identity can be verified, as in a simulation. */
  readonly caller?: Caller | undefined;
};

/** A request as it came, for a route that must see each byte. These are signed: the route itself finds out who calls, and nobody else does. */
export type BytesRequest = {
  readonly params: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
  readonly nowMs: number;
};

/** An HTTP answer, with what is stored and published because of it. */
export type RouteOutcome = Outcome & {
  readonly status: number;
  readonly body: JsonObject;
  /** What the ids of its events derive from, where a repeated request must give the same events. Default: this one request. */
  readonly cause?: string;
};

export type Route = {
  readonly method: "POST";
  /** With `{name}` for parameters, such as `/gates/{gate}/decisions`. */
  readonly path: string;
} & (
  | { readonly reads?: "json"; readonly handle: (request: RouteRequest) => Promise<RouteOutcome> }
  | { readonly reads: "bytes"; readonly handle: (request: BytesRequest) => Promise<RouteOutcome> }
);

/** What only some functions need: in the cloud each carries the clients of its own alone. */
export type OwnPort = Exclude<keyof Ports, "clock" | "bus" | "documents">;

export type Dependencies<Port extends OwnPort = OwnPort> = Omit<Ports, Exclude<OwnPort, Port>> & { readonly config: Config };

/** @typeParam Port what it needs besides a clock, the bus and documents */
export type FunctionDeclaration<Port extends OwnPort = OwnPort> = {
  readonly name: string;
  /** Where it is told that a run could not look. */
  readonly channel: Channel;
  /** A function that the configuration gives nothing to do does not run and is not watched. */
  readonly isConfigured: (config: Config) => boolean;
  readonly schedule?: keyof Schedules;
  readonly subscribes: readonly Topic[];
  readonly publishes: readonly Topic[];
  /** True where a mode such as off-season turns the runs into `not_applicable`. Default true. */
  readonly pausedByMode?: boolean;
  /** True where the handler itself keeps batches that overlap apart: then no request waits for another's. Default false. */
  readonly overlaps?: boolean;
  readonly onRun?: (dependencies: Dependencies<Port>) => (run: Run) => Promise<RunOutcome>;
  /** Gets one event in the cloud, and what is due together on one machine, oldest first. */
  readonly onEvents?: (dependencies: Dependencies<Port>) => (events: readonly Event[], context: Context) => Promise<Outcome>;
  readonly routes?: (dependencies: Dependencies<Port>) => readonly Route[];
};

export type { Event, EventOf };
