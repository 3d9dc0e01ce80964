/** No call out lasts for ever: what has not answered in time has failed, and may have worked. */

import { DEADLINE_MS } from "@kintsugi/function-kit/deadlines";
import { Failure } from "@kintsugi/ports/failure";

/** A client that ends its calls itself is to do so first: its error says more. */
const GRACE_MS = 500;

/** For what no client can end, such as the search for credentials. The call is left to itself. */
export async function withDeadline<T>(call: Promise<T>, about: string, ms = DEADLINE_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const give = (): void => reject(new Failure("transient", `${about}: no answer within ${ms / 1_000} s`, { about }));
    timer = setTimeout(give, ms + GRACE_MS);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}
