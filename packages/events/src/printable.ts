/** A stranger's text, made fit to be read: one line, in which nothing moves the cursor, hides or turns text round, or looks like a line of ours. Pure. */

/** Control characters, line ends, and what is not seen: marks of direction, joiners, blanks of no width, tags, variants. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F\u2800\u3164\uFE00-\uFE0E\uFFA0\u{E0100}-\u{E01EF}]+/gu;
/** An escape sequence of a terminal, with what it carries: colours, titles, links, the clipboard. Nothing in it is text. */
const ESCAPES =
  /(?:\u001B\[|\u009B)[0-?]{0,64}[ -/]{0,16}[@-~]?|(?:\u001B[\]PX^_]|[\u009D\u0090\u0098\u009E\u009F])[^\u0007\u001B\u009C]*(?:\u0007|\u001B\\|\u009C)?/g;
/** What our own lines begin with. */
const OUR_SIGNS = /[🚨🔴🟡✅•]|ℹ\uFE0F?/gu;

/** One line without anything unseen; a break is a blank. */
export function printable(text: string): string {
  const plain = text.replace(ESCAPES, "").replace(UNSEEN, (unseen) => (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(unseen) ? " " : ""));
  return plain.toWellFormed().trim();
}

/** A field that others fill, among words of ours: no sign stands in it that begins a line of ours. */
export function field(text: string): string {
  return printable(text).replace(OUR_SIGNS, "·");
}

/** A stranger's words inside a sentence of ours, so that they cannot pass for ours. */
export function quoted(text: string): string {
  return `“${field(text).replace(/[“”„‟"]/g, "'")}”`;
}
