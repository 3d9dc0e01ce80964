/** Plain tables of at most 80 columns. */

const WIDTH = 80;
const GAP = "  ";

/** The last column is cut where the line would grow too long. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [head, ...rows].map((row) => line(row, widths)).join("\n");
}

export function fitLine(text: string): string {
  return text.length <= WIDTH ? text.trimEnd() : `${text.slice(0, WIDTH - 1)}…`;
}

function line(row: readonly string[], widths: readonly number[]): string {
  return fitLine(row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]!))).join(GAP));
}
