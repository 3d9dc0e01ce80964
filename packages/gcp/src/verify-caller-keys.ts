/** The public keys that Google signs ID tokens with, read when they are needed and kept for as long as Google says. */

import { createPublicKey, type KeyObject } from "node:crypto";
import { Failure, messageOf } from "@kintsugi/ports/failure";
import { z } from "zod";

/** Undefined where Google publishes no such key. @throws a transient Failure where Google does not answer */
export type KeyOf = (kid: string) => Promise<KeyObject | undefined>;

type Parts = { readonly fetch: typeof fetch; readonly now: () => number; readonly deadlineMs: number };
type Read = { readonly keys: ReadonlyMap<string, KeyObject>; readonly atMs: number; readonly maxAgeMs: number };

/** The `jwks_uri` of https://accounts.google.com/.well-known/openid-configuration */
const KEYS_URL = "https://www.googleapis.com/oauth2/v3/certs";
/** Google publishes a key before it signs with it, so one that is unknown is not looked for with each request that names it. */
const MIN_AGE_MS = 60_000;
const DEFAULT_AGE_MS = 3_600_000;
const MAX_AGE_MS = 24 * 3_600_000;

const Keys = z.object({ keys: z.array(z.looseObject({ kid: z.string(), kty: z.string() })) });

export function googleKeys(parts: Parts): KeyOf {
  let kept: Read | undefined;
  let reading: Promise<Read> | undefined;
  /** Requests that come together ask once. */
  const read = async (): Promise<Read> => {
    reading ??= readKeys(parts).finally(() => void (reading = undefined));
    return (kept = await reading);
  };
  const ageMs = ({ atMs }: Read): number => parts.now() - atMs;

  return async function keyOf(kid) {
    const known = kept !== undefined && ageMs(kept) < kept.maxAgeMs ? kept : await read();
    const key = known.keys.get(kid);
    return key !== undefined || ageMs(known) < MIN_AGE_MS ? key : (await read()).keys.get(kid);
  };
}

async function readKeys({ fetch, now, deadlineMs }: Parts): Promise<Read> {
  const fail = (reason: string, cause?: unknown): Failure =>
    new Failure("transient", `the keys of Google's ID tokens cannot be read: ${reason}`, { cause });
  let response: Response;
  let text: string;
  try {
    response = await fetch(KEYS_URL, { signal: AbortSignal.timeout(deadlineMs), redirect: "error" });
    text = await response.text();
  } catch (error) {
    const isLate = error instanceof Error && error.name === "TimeoutError";
    throw fail(isLate ? `no answer within ${deadlineMs / 1_000} s` : messageOf(error), error);
  }
  if (!response.ok) throw fail(`the answer is ${response.status}`);
  const keys = keysIn(text);
  if (keys === undefined) throw fail("the answer is no set of keys");
  return { keys, atMs: now(), maxAgeMs: maxAgeMsOf(response.headers.get("cache-control")) };
}

function keysIn(text: string): ReadonlyMap<string, KeyObject> | undefined {
  try {
    const { keys } = Keys.parse(JSON.parse(text));
    const ofRsa = keys.filter(({ kty }) => kty === "RSA");
    return new Map(ofRsa.map(({ kid, ...jwk }) => [kid, createPublicKey({ key: jwk, format: "jwk" })]));
  } catch {
    return undefined;
  }
}

function maxAgeMsOf(cacheControl: string | null): number {
  const seconds = /\bmax-age=(\d+)/i.exec(cacheControl ?? "")?.[1];
  return seconds === undefined ? DEFAULT_AGE_MS : Math.min(Math.max(Number(seconds) * 1_000, MIN_AGE_MS), MAX_AGE_MS);
}
