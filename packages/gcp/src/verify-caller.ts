/** Who calls a function: whom a Google ID token names that was made for this function. */

import { verify } from "node:crypto";
import type { Identify } from "@kintsugi/function-kit/http-callers";
import type { KeyOf } from "./verify-caller-keys.ts";
import { type IdToken, judgeClaims, readToken, TOKEN_FAULTS, type TokenFault } from "./verify-caller-token.ts";

export type VerifyCaller = {
  /** Addresses of this function, exactly as callers ask for tokens. */
  readonly audiences: readonly string[];
  /** Cloud Run lets nobody in without asking IAM, and has verified the token. */
  readonly isCheckedByIam: boolean;
  readonly keyOf: KeyOf;
  readonly now: () => number;
};

/** What Cloud Run leaves of a signature that it has verified: https://cloud.google.com/run/docs/troubleshooting#signature-removed */
const REMOVED = "SIGNATURE_REMOVED_BY_GOOGLE";

export function verifyCaller({ audiences, isCheckedByIam, keyOf, now }: VerifyCaller): Identify {
  async function signatureFault({ kid, signed, signature }: IdToken): Promise<TokenFault | undefined> {
    if (signature === REMOVED) return isCheckedByIam ? undefined : "unsigned";
    if (signature === "") return "unsigned";
    const key = await keyOf(kid);
    if (key === undefined) return "key";
    return verify("RSA-SHA256", Buffer.from(signed), key, Buffer.from(signature, "base64url")) ? undefined : "signature";
  }

  return async function identify(headers) {
    const token = readToken(headers);
    if (typeof token === "string") return refuse(token);
    const named = judgeClaims(token.claims, { audiences, nowMs: now() });
    if (typeof named === "string") return refuse(named);
    const fault = await signatureFault(token);
    return fault === undefined ? { id: named.email } : refuse(fault);
  };
}

function refuse(fault: TokenFault): { readonly refused: string } {
  return { refused: TOKEN_FAULTS[fault] };
}
