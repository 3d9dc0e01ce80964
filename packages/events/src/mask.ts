/** Hides secrets in text that is stored, logged or sent: the one place that knows how. Every text is read a few times at most. Pure. */

import { isSecretKey } from "./secret-keys.ts";
import { secretPairs, type Span } from "./secret-pairs.ts";
import { secretValues } from "./secret-values.ts";

export const HIDDEN = "****";

/** `scheme://user:password@host`; a user's name alone is a token if it is long. Each begins anew at a slash, so none is read twice. */
const IN_ADDRESS = /:\/\/(?:([^\s"'`<>\\/@:]*):|(?=[^\s"'`<>\\/@:]{20}))([^\s"'`<>\\/]*)@/g;
const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d/g;
const END_OF_KEY = /-----END [A-Z0-9 ]{0,40}-----|Private-MAC: ?[0-9a-f]+/g;
/** What follows one of these words is a secret, unless it is a word itself. */
const SCHEME = /\b(?:bearer|basic|apikey|apptoken)[ \t]{1,8}([A-Za-z0-9._~+/=-]{8,})/gi;
/** Without any of these there is neither an address, nor a key in lines, nor a scheme. */
const MARKS = /:\/\/|PRIVATE KEY|PuTTY-|bearer|basic|apikey|apptoken|identified/i;
const IDENTIFIED = /\bidentified\s{1,8}by\s{1,8}(?:password\s{1,8})?'([^']*)/gi;

/** @param hidden texts that are hidden wherever they stand, such as what the environment gave */
export function maskText(text: string, hidden: readonly string[] = []): string {
  const known = hidden.reduce((masked, secret) => masked.replaceAll(secret, HIDDEN), text);
  const marked = MARKS.test(known) ? [...privateKeys(known), ...inAddresses(known), ...afterSchemes(known), ...identified(known)] : [];
  const spans = [...secretValues(known), ...marked, ...secretPairs(known)];
  return spans.length === 0 ? known : replaced(known, spans);
}

/** Masks every string inside a JSON value, its keys too, and all that stands under the name of a secret. */
export function maskJson<T>(value: T, hidden: readonly string[] = []): T {
  return maskAny(value, hidden) as T;
}

function maskAny(value: unknown, hidden: readonly string[]): unknown {
  if (typeof value === "string") return maskText(value, hidden);
  if (Array.isArray(value)) return value.map((item) => maskAny(item, hidden));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [maskText(key, hidden), isSecretKey(key) ? hide(inner) : maskAny(inner, hidden)]),
  );
}

/** An empty text, a truth and nothing say no secret. */
function hide(value: unknown): unknown {
  if (typeof value === "string") return value === "" ? value : HIDDEN;
  if (typeof value === "number") return HIDDEN;
  if (Array.isArray(value)) return value.map(hide);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hide(inner)]));
}

/** A key that was cut off reaches to the end. */
function privateKeys(text: string): readonly Span[] {
  const spans: Span[] = [];
  for (let from = 0; ;) {
    PRIVATE_KEY.lastIndex = from;
    const begins = PRIVATE_KEY.exec(text);
    if (begins === null) return spans;
    END_OF_KEY.lastIndex = begins.index + begins[0].length;
    const ends = END_OF_KEY.exec(text);
    from = ends === null ? text.length : ends.index + ends[0].length;
    spans.push([begins.index, from]);
  }
}

function inAddresses(text: string): readonly Span[] {
  return [...text.matchAll(IN_ADDRESS)].flatMap(({ 0: whole, 1: user, 2: secret = "", index }) => {
    const to = index + whole.length - 1;
    return secret === "" || secret === HIDDEN || (user === undefined && !/\d/.test(secret)) ? [] : [[to - secret.length, to] as const];
  });
}

function afterSchemes(text: string): readonly Span[] {
  return [...text.matchAll(SCHEME)].flatMap(({ 0: whole, 1: secret = "", index }) => {
    const isBasic = /^basic/i.test(whole);
    const isWord = secret.length < 32 && /^[A-Za-z][a-z]*[.]?$|^[a-z]+(?:[-/][a-z]+)+[.]?$/.test(secret);
    if (isBasic ? !Buffer.from(secret.slice(0, 400), "base64").includes(":") : isWord) return [];
    const to = index + whole.length;
    return [[to - secret.length, to] as const];
  });
}

function identified(text: string): readonly Span[] {
  return [...text.matchAll(IDENTIFIED)].flatMap(({ 0: whole, 1: secret = "", index }) =>
    secret === "" ? [] : [[index + whole.length - secret.length, index + whole.length] as const],
  );
}

function replaced(text: string, spans: readonly Span[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const [from, to] of [...spans].sort(([one], [other]) => one - other)) {
    if (from >= at) parts.push(text.slice(at, from), HIDDEN);
    at = Math.max(at, to);
  }
  return [...parts, text.slice(at)].join("");
}
