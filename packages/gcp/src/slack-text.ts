/** Text in Slack's own markup: what comes from data can neither mention anybody nor make a link, code or a line of its own. Pure. */

import { printable } from "@kintsugi/events/printable";

const ZERO_WIDTH = "\u200b";
/** Half an escape, such as `&am`: every `&` of escaped text begins one. */
const HALF_ESCAPE = /&[a-z]*$/;

/** One line of somebody's text. What looks like an address or a mention is cut by a blank of no width: Slack makes neither a link nor a call of it. */
export function safe(text: string): string {
  return escaped(text)
    .replaceAll("://", `:${ZERO_WIDTH}//`)
    .replaceAll(/\b(www|mailto|tel|slack)(?=[.:])/gi, `$1${ZERO_WIDTH}`);
}

/** As it is, but for what would be markup: in code Slack makes no links, and a command is copied from there. */
function escaped(text: string): string {
  return printable(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("`", "'")
    .replaceAll(/@(here|channel|everyone)/gi, `@${ZERO_WIDTH}$1`);
}

/** A link of ours, to an address that the configuration names. */
export function link(url: string): string {
  return `<${escaped(url).replaceAll("|", "%7C")}>`;
}

export function bold(text: string, max: number): string {
  // A star inside would end the emphasis, and Slack has no escape for it.
  return `*${cut(safe(text).replaceAll("*", "∗"), max - 2)}*`;
}

/** A command as code, over several lines where it is longer than `max`: it is never shortened. */
export function codeLines(prefix: string, text: string, max: number): readonly string[] {
  return pieces(escaped(text), max - prefix.length - 2).map((piece, index) => `${index === 0 ? prefix : ""}\`${piece}\``);
}

/** At most `max` UTF-16 units of escaped text, with no half of an escape or of a character at the end. */
export function cut(text: string, max: number): string {
  return text.length <= max ? text : `${whole(text, max - 1)}…`;
}

/** Lines in as few texts of at most `max` as hold them, in order. */
export function packed(lines: readonly string[], max: number): readonly string[] {
  const texts: string[] = [];
  for (const line of lines) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + 1 + line.length <= max) texts[texts.length - 1] = `${last}\n${line}`;
    else texts.push(line);
  }
  return texts;
}

function pieces(text: string, max: number): readonly string[] {
  const found: string[] = [];
  for (let rest = text; rest !== "";) {
    const piece = rest.length <= max ? rest : whole(rest, max);
    found.push(piece);
    rest = rest.slice(piece.length);
  }
  return found;
}

function whole(text: string, max: number): string {
  return text
    .slice(0, max)
    .replace(/[\uD800-\uDBFF]$/, "")
    .replace(HALF_ESCAPE, "");
}
