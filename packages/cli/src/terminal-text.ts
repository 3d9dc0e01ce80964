/** Text for a terminal: what it would obey instead of showing is written out, as in JSON, so that an answer in JSON stays the same. Pure. */

/** Control characters but the end of a line and tabs, and all that is not seen or turns text round. */
const OBEYED = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

export function terminalText(text: string): string {
  return text.replace(OBEYED, written);
}

function written(sign: string): string {
  return Array.from({ length: sign.length }, (_, index) => `\\u${sign.charCodeAt(index).toString(16).padStart(4, "0")}`).join("");
}
