/** Takes out of a YAML tree what would keep its values from being built, or would drop some of them without a word. */

import { type Document, isAlias, isMap, isSeq, type Node, type Pair, Scalar } from "yaml";
import type { Path } from "./path.ts";
import { keyText } from "./places.ts";
import { isSecret } from "./shown-text.ts";

/** `offset` counts characters from the file's beginning. */
export type YamlFault = { readonly offset: number; readonly message: string; readonly path?: Path; readonly offending?: string };

type Entry = Pair<Node, Node | null>;

/** The first of two equal keys stays; an alias without an anchor becomes nothing. Changes the document. */
export function mendTree(document: Document, lineOf: (offset: number) => number): readonly YamlFault[] {
  const faults: YamlFault[] = [];
  const offsetOf = (node: Node | null): number => node?.range?.[0] ?? 0;

  function mend<N extends Node | null>(node: N, path: Path, above: readonly Node[]): N | Scalar {
    if (isAlias(node)) {
      const anchored = node.resolve(document);
      const name = isSecret(path) ? "****" : node.source;
      const told = { offset: offsetOf(node), path, offending: `*${name}` };
      if (anchored === undefined) faults.push({ ...told, message: `there is no anchor &${name} before this alias` });
      else if (above.includes(anchored)) faults.push({ ...told, message: `*${name} stands inside what it repeats` });
      else return node;
      return new Scalar(undefined);
    }
    if (isMap<Node, Node | null>(node)) {
      const firsts = new Map<string, Node>();
      node.items = node.items.filter((entry) => isFirst(entry, firsts, path));
      for (const entry of node.items) {
        const inner = [...path, keyText(entry.key)];
        if (mend(entry.key, inner, [node, ...above]) !== entry.key) entry.key = new Scalar(keyText(entry.key));
        entry.value = mend(entry.value, inner, [node, ...above]);
      }
    }
    if (isSeq<Node>(node)) node.items = node.items.map((item, index) => mend(item, [...path, index], [node, ...above]));
    return node;
  }

  function isFirst({ key }: Entry, firsts: Map<string, Node>, path: Path): boolean {
    const name = keyText(key);
    const first = firsts.get(name);
    if (first === undefined) {
      firsts.set(name, key);
      return true;
    }
    const message = `${name} stands twice: the first is on line ${lineOf(offsetOf(first))}`;
    faults.push({ offset: offsetOf(key), path: [...path, name], message, offending: name });
    return false;
  }

  mend(document.contents, [], []);
  return faults;
}
