/** What must happen after a failed gRPC call. Codes: google.rpc.Code. */

import { Failure, type FailureClass, messageOf } from "@kintsugi/ports/failure";

const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;
const PERMISSION_DENIED = 7;
const FAILED_PRECONDITION = 9;
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

/** Everything else (unavailable, deadline exceeded, aborted, resource exhausted, …) may pass; the call may also have worked. */
export function grpcFailure(error: unknown, what: string, about: "bus" | "documents"): Failure {
  return new Failure(CLASSES[codeOf(error) ?? -1] ?? "transient", `${what}: ${messageOf(error)}`, { cause: error, about });
}

/** Whether a precondition of a write did not hold: the document exists, has changed, or is gone. */
export function isConflict(error: unknown): boolean {
  return [NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION].includes(codeOf(error) ?? -1);
}

function codeOf(error: unknown): number | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "number" ? code : undefined;
}
