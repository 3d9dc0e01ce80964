/** Secrets in text that follow a name which says so: `DB_PASSWORD=…`, `"client_secret": "…"`, `?access_token=…`, `--token …`. Pure. */

import { NAME_PART, SECRET_NAME } from "./secret-keys.ts";

/** From the first character of a value to the one after its last. */
export type Span = readonly [from: number, to: number];

/** Between a name and its value: the end of a quote or an index, then what gives. */
const GIVES = /\\{0,8}["'`]?\]?[ \t]{0,8}(?:=>|:=|={1,3}|:|%3D|>)[ \t]{0,8}(?:[bru](?=["']))?/iy;
/** Without any of these nothing is given to a name. */
const MAY_GIVE = /[=:>]|%3D|--|PASS/i;
/** An option of a command line, or a statement that sets a password. */
const GIVES_BLANK = /(?:[ \t]+(?:is[ \t]+|by[ \t]+|to[ \t]+)?)(?=["']|[^\s])/iy;
const OPENS = /(\\{0,8})(["'])/y;
/** So much of a value tells whether it is one. */
const HEAD = 80;
/** What is said of a secret instead of it. */
const PLAIN =
  /^(?:true|false|null|nil|none|undefined|unset|empty|missing|required|optional|invalid|expired|revoked|wrong|denied|unknown|not|no|yes|is|was|and|or|must|string|number|bearer|basic|oidc|\*+|redacted|\[redacted\]|\(.*|<.*|\$[({A-Za-z].*|\{\{.*|%[A-Za-z_]*%?|@\w+|secret:.*|https?|.{0,60}…)$/i;
const ENDS_BARE = /[\s"'`&;,<>\\]/g;
const ENDS_IN_ENVIRONMENT = /[\s"'`<>\\]/g;
const ENDS_LINE = /[\r\n"'`<\\]/g;
/** The form of a header, as documentation and errors write it: `Bearer TOKEN`. */
const PLACE_OF_HEADER = /^(?:[Bb]earer|[Bb]asic|[Tt]oken)?\s*(?:[A-Z_]{0,20}|\$[({A-Za-z].*)$/;
/** `other.column`, `call(…)`: code, not a value. */
const CODE = /^[A-Za-z_]\w{0,63}(?:\.[A-Za-z_]\w{0,63}\b|\()/;

export function secretPairs(text: string): readonly Span[] {
  const spans: Span[] = [];
  if (!MAY_GIVE.test(text) || !NAME_PART.test(text)) return spans;
  SECRET_NAME.lastIndex = 0;
  for (let named = SECRET_NAME.exec(text); named !== null; named = SECRET_NAME.exec(text)) {
    const end = named.index + named[0].length;
    const from = valueAfter(text, named.index, end);
    const span = from === undefined ? undefined : valueAt(text, from, { name: named[0], isBlank: /[ \t]/.test(text[end] ?? "") });
    if (span === undefined) continue;
    spans.push(span);
    // What is hidden is not read again.
    SECRET_NAME.lastIndex = Math.max(span[1], end);
  }
  return spans;
}

function valueAfter(text: string, start: number, end: number): number | undefined {
  GIVES.lastIndex = end;
  const given = GIVES.exec(text);
  if (given !== null) {
    if (given[0].endsWith(">") && given[0] !== "=>" && !isTag(text, start)) return undefined;
    return end + given[0].length;
  }
  if (!isOption(text, start) && !isSetting(text, start, end)) return undefined;
  GIVES_BLANK.lastIndex = end;
  const blank = GIVES_BLANK.exec(text);
  return blank === null ? undefined : end + blank[0].length;
}

/** `<password>`, `<db.password>` */
function isTag(text: string, start: number): boolean {
  return /<[\w.:-]{0,64}$/.test(text.slice(Math.max(0, start - 66), start));
}

/** `--password x`, `--db-token x` */
function isOption(text: string, start: number): boolean {
  return /(?:^|\s)--[\w-]{0,64}$/.test(text.slice(Math.max(0, start - 68), start));
}

/** `PASSWORD 'x'` of a statement; in a sentence nothing in quotes follows. */
function isSetting(text: string, start: number, end: number): boolean {
  return /^[A-Z_]+$/.test(text.slice(start, end)) && /^[ \t]{1,4}'/.test(text.slice(end, end + 5));
}

type Given = { readonly name: string; readonly isBlank: boolean };

function valueAt(text: string, from: number, given: Given): Span | undefined {
  OPENS.lastIndex = from;
  const opened = OPENS.exec(text);
  if (opened !== null) return quotedAt(text, from + opened[0].length, { slashes: opened[1]!.length, quote: opened[2]! });
  const isHeader = /^(?:authorization|set-cookie|cookie)$/i.test(given.name);
  const ends = isHeader ? ENDS_LINE : isEnvironment(given.name) ? ENDS_IN_ENVIRONMENT : ENDS_BARE;
  // Judged by its head, so that what is no secret after all is not read to its end.
  const head = text.slice(from, from + HEAD);
  const value = head.slice(0, endOf(head, 0, ends));
  const after = head.slice(value.length, value.length + 8);
  if (isHeader ? PLACE_OF_HEADER.test(value) : isNoSecret(value, { ...given, before: text[from - 1] ?? "", after })) return undefined;
  return [from, endOf(text, from, ends)];
}

function isEnvironment(name: string): boolean {
  return /^[A-Z0-9_]+$/.test(name);
}

function isNoSecret(given: string, { name, isBlank, before, after }: Given & { readonly before: string; readonly after: string }): boolean {
  const value = given.replace(/[:.)\]}!?]{1,4}$/, "");
  if (value === "" || PLAIN.test(value) || CODE.test(value)) return true;
  if (/^pwd$/i.test(name) && /^[/~.]/.test(value)) return true;
  if (value.length < 4 && !/passw|pwd/i.test(name)) return true;
  // After a blank a sentence may go on; a single plain word at the end of a line is a value all the same.
  const isWord = /^[A-Za-z][a-z'-]*$/.test(value);
  return isWord && (isBlank || /\s/.test(before)) && !/^[ \t]*(?:$|[\r\n"`,;&}\\]|'(?![A-Za-z]))/.test(after);
}

type Quote = { readonly slashes: number; readonly quote: string };

/** To the quote that is escaped as often as the first one; a quote that is never closed ends with its line. */
function quotedAt(text: string, from: number, quote: Quote): Span | undefined {
  const head = text.slice(from, from + HEAD);
  const value = head.slice(0, endOfQuoted(head, 0, quote));
  return value === "" || PLAIN.test(value) ? undefined : [from, endOfQuoted(text, from, quote)];
}

function endOfQuoted(text: string, from: number, { slashes, quote }: Quote): number {
  let before = 0;
  for (let at = from; at < text.length && text[at] !== "\n"; at++) {
    if (text[at] === quote && (slashes === 0 ? before % 2 === 0 : before <= slashes)) return Math.max(from, at - Math.min(slashes, before));
    before = text[at] === "\\" ? before + 1 : 0;
  }
  const line = text.indexOf("\n", from);
  return line === -1 ? text.length : line;
}

function endOf(text: string, from: number, ends: RegExp): number {
  ends.lastIndex = from;
  return ends.exec(text)?.index ?? text.length;
}
