/** Text of others, made fit for a message: one line, without secrets, and without anything that could pass for a line of ours. Pure. */

import { maskText } from "@kintsugi/events/mask";
import { field, quoted } from "@kintsugi/events/printable";

export function oneLine(text: string): string {
  // A secret may stand on several lines, so it is hidden before these become one.
  return field(maskText(text));
}

/** What somebody said, in quotes. */
export function saying(text: string): string {
  return quoted(maskText(text));
}

/** A remark may have several lines, each of which is made fit. */
export function cleanLines(text: string): string {
  return maskText(text).split("\n").map(oneLine).join("\n");
}
