/** Reads the text of a YAML file: its values, where they stand, and what is wrong with it as YAML. */

import { type Document, LineCounter, parseDocument, type YAMLError } from "yaml";
import type { Path } from "./path.ts";
import { placeOfOffset, placesIn } from "./places.ts";
import type { Problem, Source } from "./problem.ts";
import { isSecret, shownText } from "./shown-text.ts";
import { mendTree, type YamlFault } from "./mend-tree.ts";

export type ReadYaml = {
  readonly source: Source;
  readonly problems: readonly Problem[];
  /** What stands in the file and cannot be told. */
  readonly unread: readonly Path[];
  /** Otherwise nothing more can be said of it. */
  readonly isWhole: boolean;
};

/** One bracket too many may be an error for each line that follows. */
const MOST_ERRORS = 20;

export function readYaml(file: string, text: string): ReadYaml {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, version: "1.2", uniqueKeys: false, logLevel: "error" });
  const place = placesIn(document, lineCounter);
  const problemOf = ({ offset, path = [], message, offending }: YamlFault): Problem => ({
    file,
    ...placeOfOffset(lineCounter, offset),
    path: path.map((step) => shownText(String(step))).join("."),
    message: shownText(message),
    ...(offending === undefined ? {} : { offending: shownText(offending) }),
  });
  const said = [...document.errors, ...document.warnings].slice(0, MOST_ERRORS).map((error) => faultOf(error, text));
  if (document.errors.some(({ code }) => code !== "MULTIPLE_DOCS"))
    return { source: { file, place, written: undefined }, problems: said.map(problemOf), unread: [], isWhole: false };
  const faults = mendTree(document, (offset) => placeOfOffset(lineCounter, offset).line);
  const { written, fault } = valuesOf(document);
  return {
    source: { file, place, written },
    problems: [...said, ...faults, ...(fault === undefined ? [] : [fault])].map(problemOf),
    unread: faults.flatMap(({ path }) => (path === undefined ? [] : [path])),
    isWhole: fault === undefined,
  };
}

/** The library's words without what they quote, which may be long, no text at all, or a secret. */
function faultOf({ code, pos: [offset, end], message }: YAMLError, text: string): YamlFault {
  const before = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
  const tag = isSecret([before]) ? "****" : text.slice(offset, end);
  if (code === "MULTIPLE_DOCS") return { offset, message: "a second document begins here: one file describes one pipeline" };
  if (code === "TAG_RESOLVE_FAILED") return { offset, message: `the tag ${shownText(tag)} is not known: leave it out`, offending: tag };
  const [line = ""] = message.split("\n");
  return { offset, message: line.replace(/ at line \d+.*$/, "").replace(/(?<=\w): .*$|(?<=escape sequence) .*$/, "") };
}

/** Far too many aliases show only when the values are built. */
function valuesOf(document: Document): { readonly written?: unknown; readonly fault?: YamlFault } {
  try {
    return { written: document.toJS() as unknown };
  } catch (error) {
    return { fault: { offset: 0, message: `the aliases cannot be followed: ${(error as Error).message}` } };
  }
}
