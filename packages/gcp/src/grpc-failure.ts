/** What must happen after a failed gRPC call. Codes: google.rpc.Code. */

import { Failure, type FailureClass, messageOf } from "@kintsugi/ports/failure";

const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;
const PERMISSION_DENIED = 7;
const FAILED_PRECONDITION = 9;
const ABORTED = 10;
const OUT_OF_RANGE = 11;
const UNIMPLEMENTED = 12;
const UNAUTHENTICATED = 16;

const CLASSES: Readonly<Record<number, FailureClass>> = {
  [INVALID_ARGUMENT]: "permanent",
  [NOT_FOUND]: "permanent",
  [FAILED_PRECONDITION]: "permanent",
  [OUT_OF_RANGE]: "permanent",
  [UNIMPLEMENTED]: "permanent",
  [PERMISSION_DENIED]: "needs-human",
  [UNAUTHENTICATED]: "needs-human",
};

/** Everything else (unavailable, deadline exceeded, resource exhausted, …) may pass; the call may also have worked. */
export function grpcFailure(error: unknown, what: string, about: "bus" | "documents"): Failure {
  if (error instanceof Failure) return error;
  const code = codeOf(error) ?? -1;
  // No call of ours asks for a document that must be there, so it is the database that is missing.
  const failure = code === NOT_FOUND && about === "documents" ? "needs-human" : (CLASSES[code] ?? "transient");
  return new Failure(failure, `${what}: ${messageOf(error)}`, { cause: error, about });
}

/**
 * Whether somebody else wrote first, so that nothing was stored: a precondition did not hold, or two transactions met.
 * @param isConditional whether any write had a precondition
 */
export function isConflict(error: unknown, isConditional: boolean): boolean {
  const code = codeOf(error);
  if (code === ABORTED) return true;
  if (!isConditional) return false;
  if (code === NOT_FOUND) return !/\bdatabase\b/i.test(messageOf(error));
  return code === ALREADY_EXISTS || code === FAILED_PRECONDITION;
}

function codeOf(error: unknown): number | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "number" ? code : undefined;
}
