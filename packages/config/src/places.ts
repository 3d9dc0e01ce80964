/** Where something stands in a YAML file: line and column, as an editor counts them. */

import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type Pair } from "yaml";
import type { Path } from "./path.ts";

export type Place = { readonly line: number; readonly column: number };
/** Of what is not there: the place of what should hold it. */
export type PlaceOf = (path: Path, at?: "key" | "value") => Place;

export const noPlace: PlaceOf = () => ({ line: 1, column: 1 });

export function placesIn(document: Document, lineCounter: LineCounter): PlaceOf {
  return (path, at = "value") => {
    let node = document.contents;
    let found: Node | null | undefined = node;
    for (const [index, step] of path.entries()) {
      const pair: Pair<Node, Node | null> | undefined = isMap<Node, Node | null>(node)
        ? node.items.find(({ key }) => keyText(key) === String(step))
        : undefined;
      node = pair?.value ?? (isSeq<Node>(node) ? node.items[Number(step)] : null) ?? null;
      const shown = at === "key" && index === path.length - 1 ? pair?.key : (node ?? pair?.key);
      if (shown === undefined || shown === null) break;
      found = shown;
    }
    return placeOfOffset(lineCounter, found?.range?.[0] ?? 0);
  };
}

export function placeOfOffset(lineCounter: LineCounter, offset: number): Place {
  const { line, col } = lineCounter.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** A key as the values have it: numbers and words become text. */
export function keyText(key: unknown): string {
  if (isAlias(key)) return `*${key.source}`;
  return String(isScalar(key) ? (key.value ?? "") : key);
}
