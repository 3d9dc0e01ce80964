/** Who calls by HTTP, as far as that is verified. */

import type { Caller } from "./declaration.ts";

/**
 * From a request's headers, whose names are in lower case.
 * @throws a Failure where it cannot be found out just now
 */
export type Identify = (headers: Readonly<Record<string, string>>) => Promise<Caller | Unidentified>;

/** `refused`: why, in words that the caller may read. */
export type Unidentified = { readonly refused: string };

export type Callers = {
  readonly identify: Identify;
  /** Only these may bring events and start runs. Undefined: everybody whom the platform lets in. */
  readonly pushAccounts?: readonly string[] | undefined;
};

export type Refusal = { readonly status: 401 | 403; readonly body: { readonly error: string } };

export function refuseUnidentified({ refused }: Unidentified): Refusal {
  return { status: 401, body: { error: refused } };
}

/** Undefined where the caller may bring events and start runs. */
export async function refusePush(
  { identify, pushAccounts }: Callers,
  headers: Readonly<Record<string, string>>,
): Promise<Refusal | undefined> {
  if (pushAccounts === undefined) return undefined;
  const caller = await identify(headers);
  if ("refused" in caller) return refuseUnidentified(caller);
  if (pushAccounts.includes(caller.id)) return undefined;
  return { status: 403, body: { error: `${caller.id} is none of the accounts that may bring events and start runs` } };
}

/** Who acts, and the name that was given where it is another. Where nobody is verified, the name that was given is all there is. */
export function nameActor(given: string, caller: Caller | undefined): { readonly actor: string; readonly claimed?: string } {
  if (caller === undefined || caller.id === given) return { actor: given };
  return { actor: caller.id, claimed: given };
}
