/** What must happen after a failure. Adapters translate vendor codes into these; nobody else looks at codes. */

export type FailureClass = "permanent" | "transient" | "wait-until" | "needs-human";

/** A failure whose class is known. One without a class gets bounded retries, then the dead letters. */
export class Failure extends Error {
  readonly failure: FailureClass;
  /** Epoch ms before which a `wait-until` failure is not worth another try. */
  readonly untilMs: number | undefined;

  constructor(failure: FailureClass, message: string, options: { cause?: unknown; untilMs?: number } = {}) {
    super(message, { cause: options.cause });
    this.name = "Failure";
    this.failure = failure;
    this.untilMs = options.untilMs;
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

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
