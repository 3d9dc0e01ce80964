/** Plain tables of at most 80 columns. Cells are others' text: none is more than one line. */

import { printable } from "@kintsugi/events/printable";
import { shorten } from "@kintsugi/events/shorten";

const WIDTH = 80;
const GAP = "  ";

/** The last column is cut where the line would grow too long. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(printable));
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)));
  return [head, ...cells].map((row) => line(row, widths)).join("\n");
}

/** One line, with the blanks that it begins with. */
export function fitLine(text: string): string {
  const line = `${" ".repeat(text.length - text.trimStart().length)}${printable(text)}`;
  return line.length <= WIDTH ? line.trimEnd() : `${shorten(line, WIDTH - 1)}…`;
}

function line(row: readonly string[], widths: readonly number[]): string {
  return fitLine(row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]!))).join(GAP));
}
