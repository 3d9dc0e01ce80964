/** A stranger's text, made fit to be read: one line, in which nothing moves the cursor, hides or turns text round, or looks like a line of ours. Pure. */

/** Control characters, line ends, and what is not seen: marks of direction, joiners, blanks of no width, tags. The mark that makes `ℹ️` a picture stays. */
const UNSEEN = /(?:(?!\uFE0F)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800])+/gu;
const [ESC, BEL, CSI, ST] = ["\\u001B", "\\u0007", "\\u009B", "\\u009C"];
const OSC = String.raw`(?:${ESC}[\]PX^_]|[\u009D\u0090\u0098\u009E\u009F])`;
/** Escape sequences of a terminal, with what they carry: colours, titles, links, the clipboard. Nothing in them is text. */
export const ESCAPES = new RegExp(
  String.raw`(?:${ESC}\[|${CSI})[0-?]{0,64}[ -/]{0,16}[@-~]?|${OSC}[^${BEL}${ESC}${ST}]*(?:${BEL}|${ESC}\\|${ST})?`,
  "g",
);
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
