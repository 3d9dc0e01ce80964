/** What must happen after a failure. Adapters translate vendor codes into these; nobody else looks at codes. */

export type FailureClass = "permanent" | "transient" | "wait-until" | "needs-human";

type Details = {
  readonly cause?: unknown;
  readonly untilMs?: number;
  readonly about?: string;
};

/** A failure whose class is known. One without a class gets bounded retries, then the dead letters. */
export class Failure extends Error {
  readonly failure: FailureClass;
  /** Epoch ms before which a `wait-until` failure is not worth another try. */
  readonly untilMs: number | undefined;
  /** What could not be reached, such as `warehouse` or `slack #alerts`: failures that share it have one cause. */
  readonly about: string | undefined;

  constructor(failure: FailureClass, message: string, { cause, untilMs, about }: Details = {}) {
    super(message, { cause });
    this.name = "Failure";
    this.failure = failure;
    this.untilMs = untilMs;
    this.about = about;
  }
}

/** A precondition of a commit did not hold: somebody else wrote first. Read again and decide again. */
export class Conflict extends Error {
  override readonly name = "Conflict";
}

/** Whether another try gives the same whatever people do meanwhile, as with a statement that is wrong. */
export function isPermanent(error: unknown): boolean {
  return error instanceof Failure && error.failure === "permanent";
}

/** Whether trying again is known to be useless. */
export function isLasting(error: unknown): boolean {
  return error instanceof Failure && (error.failure === "permanent" || error.failure === "needs-human");
}

/** Whether another try soon may work. */
export function isPassing(error: unknown): boolean {
  return error instanceof Failure && (error.failure === "transient" || error.failure === "wait-until");
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
