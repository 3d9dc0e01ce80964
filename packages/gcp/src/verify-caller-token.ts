/** What a Google ID token says, and why it does not count here; its signature is looked at elsewhere. Pure. */

import { z } from "zod";

/** Why a token names nobody, with what its sender can do. */
export const TOKEN_FAULTS = {
  missing: "there is no ID token. Send a Google ID token for this function as `Authorization: Bearer TOKEN`",
  malformed: "the bearer token is no Google ID token",
  algorithm: "the ID token is not signed by RS256, as Google's are",
  issuer: "the ID token was not issued by Google",
  audience: "the ID token is for another audience: ask for one for this function's address",
  expired: "the ID token has expired: ask for a new one",
  early: "the ID token is not valid yet: is the clock right?",
  email: "the ID token names no verified e-mail address: ask for one with the e-mail included",
  unsigned: "the ID token has no signature",
  key: "the ID token is signed with a key that Google does not publish",
  signature: "the ID token's signature does not match",
} as const;
export type TokenFault = keyof typeof TOKEN_FAULTS;

export type IdToken = {
  readonly kid: string;
  readonly claims: Claims;
  /** What is signed. */
  readonly signed: string;
  readonly signature: string;
};

const Header = z.object({ alg: z.string(), kid: z.string().default("") });
/** https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload */
const Claims = z.object({
  iss: z.string(),
  aud: z.string(),
  /** Epoch seconds, as `iat`. */
  exp: z.number(),
  iat: z.number(),
  email: z
    .string()
    .max(320)
    .regex(/^[^\s\p{C}@]+@[^\s\p{C}@]+$/u)
    .optional(),
  email_verified: z.boolean().optional(),
});
export type Claims = z.infer<typeof Claims>;

const ISSUERS = ["https://accounts.google.com", "accounts.google.com"];
/** Clocks differ. */
const TOLERANCE_MS = 60_000;

/** Cloud Run has asked for the token in the first of these headers where both are there, and passes the other one on unseen. */
export function readToken(headers: Readonly<Record<string, string>>): IdToken | TokenFault {
  const header = headers["x-serverless-authorization"] ?? headers["authorization"];
  if (header === undefined || header.trim() === "") return "missing";
  const parts = /^Bearer +([\w-]+)\.([\w-]+)\.([\w-]*) *$/i.exec(header);
  if (parts === null) return "malformed";
  const [, head = "", payload = "", signature = ""] = parts;
  const parsed = Header.safeParse(jsonOf(head));
  if (!parsed.success) return "malformed";
  // Before anything else is looked at: a token must not choose how it is verified.
  if (parsed.data.alg !== "RS256") return "algorithm";
  const claims = Claims.safeParse(jsonOf(payload));
  return claims.success ? { kid: parsed.data.kid, claims: claims.data, signed: `${head}.${payload}`, signature } : "malformed";
}

/** The address that the token vouches for, or why it does not. */
export function judgeClaims(
  { iss, aud, exp, iat, email, email_verified: isVerified }: Claims,
  { audiences, nowMs }: { readonly audiences: readonly string[]; readonly nowMs: number },
): { readonly email: string } | TokenFault {
  if (!ISSUERS.includes(iss)) return "issuer";
  if (!audiences.includes(aud)) return "audience";
  if (nowMs >= exp * 1_000 + TOLERANCE_MS) return "expired";
  if (nowMs < iat * 1_000 - TOLERANCE_MS) return "early";
  return email === undefined || isVerified !== true ? "email" : { email };
}

function jsonOf(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
