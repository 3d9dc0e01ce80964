/** Text of others, made fit for a message: one line, without secrets, and without marks that turn text round. Pure. */

import { maskText } from "@kintsugi/events/mask";

const BREAKS = /[\p{Cc}\u2028\u2029]+/gu;
const DIRECTION_MARKS = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

export function oneLine(text: string): string {
  // A secret may stand on several lines, so it is hidden before these become one.
  return maskText(text).replace(BREAKS, " ").replace(DIRECTION_MARKS, "").trim();
}

/** A remark may have several lines, each of which is made fit. */
export function cleanLines(text: string): string {
  return maskText(text).split("\n").map(oneLine).join("\n");
}
