/** Loads kintsugi.yaml; every problem with its place, all at once. */

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { closest } from "fastest-levenshtein";
import { type Document, LineCounter, parseDocument, visit } from "yaml";
import type { z } from "zod";
import { type Environment, substitute } from "./environment.ts";
import { ConfigForm } from "./form.ts";
import { knownKeys } from "./known-keys.ts";
import type { Config } from "./model.ts";
import { formatProblem, type Problem } from "./problem.ts";
import { resolveConfig } from "./resolve.ts";
import { dependsOn, soundPart } from "./sound-part.ts";
import { verify } from "./verify.ts";

export { formatProblem, type Problem };

export type Loaded = { readonly config: Config } | { readonly problems: readonly Problem[] };

type Place = (path: readonly PropertyKey[], atKey: boolean) => { line: number; column: number };
type Source = { readonly file: string; readonly env: Environment };

export async function loadConfig(file: string, env: Environment): Promise<Loaded> {
  const path = resolve(file);
  try {
    return parseConfig(await readFile(path, "utf8"), { file: path, env });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return { problems: [{ file: path, line: 1, column: 1, path: "", message: "cannot be read: is the path right?" }] };
  }
}

/** @throws with every problem and its place, for a process that cannot start without */
export async function requireConfig(file: string, env: Environment): Promise<Config> {
  const loaded = await loadConfig(file, env);
  if ("config" in loaded) return loaded.config;
  throw new Error(`the configuration is not valid:\n${loaded.problems.map(formatProblem).join("\n")}`);
}

export function parseConfig(text: string, source: Source): Loaded {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, version: "1.2", uniqueKeys: true });
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => {
      const { line, col } = lineCounter.linePos(error.pos[0]);
      return { file: source.file, line, column: col, path: "", message: error.message.split("\n")[0]!.replace(/ at line.*$/, "") };
    });
    return { problems };
  }
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    return { problems: [aliasProblem(document, lineCounter, error as Error, source.file)] };
  }
  return readValue(value, source, placeIn(document, lineCounter));
}

/** An alias without its anchor, or far too many of them, shows only when the values are built. */
function aliasProblem(document: Document, lineCounter: LineCounter, { message }: Error, file: string): Problem {
  let offset = 0;
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) return undefined;
      offset = alias.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  const { line, col } = lineCounter.linePos(offset);
  return { file, line, column: col, path: "", message };
}

/** A configuration that stands inside another file, as in a scenario. */
export function parseConfigValue(value: unknown, source: Source): Loaded {
  return readValue(value, source, () => ({ line: 1, column: 1 }));
}

function readValue(value: unknown, { file, env }: Source, place: Place): Loaded {
  const problems: Problem[] = [];
  const given = substitute(value, env, (path, message, offending) =>
    problems.push({ file, ...place(path, false), path: path.join("."), message, offending }),
  );
  const parsed = ConfigForm.safeParse(given);
  const unset = new Set(problems.map(({ path }) => path));
  if (!parsed.success) {
    const found = parsed.error.issues.flatMap((issue) => problemsOf(issue, given, file, place));
    problems.push(...found.filter(({ path }) => !unset.has(path)));
  }
  const { form, removed } = parsed.success ? { form: parsed.data, removed: [] } : soundPart(given, parsed.error.issues);
  verify(form, (path, message, details = {}) => {
    if (dependsOn(path, removed)) return;
    const nearest =
      details.offending !== undefined && details.allowed !== undefined && details.allowed.length > 0
        ? closest(details.offending, [...details.allowed])
        : undefined;
    problems.push({
      file,
      ...place(path, false),
      path: path.join("."),
      message,
      ...details,
      ...(nearest === undefined ? {} : { nearest }),
    });
  });
  return parsed.success && problems.length === 0 ? { config: resolveConfig(parsed.data, file) } : { problems: problems.sort(byPlace) };
}

const byPlace = (a: Problem, b: Problem): number => a.line - b.line || a.column - b.column;

function placeIn(document: Document, lineCounter: LineCounter): Place {
  return (path, atKey) => {
    for (let length = path.length; length >= 0; length--) {
      const range = rangeOf(document, path.slice(0, length), atKey && length === path.length);
      if (range === undefined) continue;
      const { line, col } = lineCounter.linePos(range);
      return { line, column: col };
    }
    return { line: 1, column: 1 };
  };
}

function rangeOf(document: Document, path: readonly PropertyKey[], atKey: boolean): number | undefined {
  if (atKey) {
    const parent = (path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)) as
      | { items?: { key?: { value?: unknown; range?: number[] } }[] }
      | undefined;
    return parent?.items?.find(({ key }) => String(key?.value) === String(path.at(-1)))?.key?.range?.[0];
  }
  const node = (path.length === 0 ? document.contents : document.getIn(path, true)) as { range?: number[] } | null | undefined;
  return node?.range?.[0];
}

function problemsOf(issue: z.core.$ZodIssue, given: unknown, file: string, place: Place): readonly Problem[] {
  const at = (path: readonly PropertyKey[]) => ({ file, ...place(path, true), path: path.join(".") });
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      const allowed = knownKeys(issue.path);
      // A key that is known stands beside another that excludes it.
      if (allowed.includes(key)) return { ...at(path), message: `${key} excludes what stands beside it`, offending: key };
      const nearest = allowed.length === 0 ? undefined : closest(key, [...allowed]);
      return {
        ...at(path),
        message: `${key} is not known here`,
        offending: key,
        allowed,
        ...(nearest === undefined ? {} : { nearest }),
      };
    });
  }
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const [best] = [...issue.errors].sort((a, b) => score(a) - score(b));
    return (best ?? []).flatMap((inner) => problemsOf({ ...inner, path: [...issue.path, ...inner.path] }, given, file, place));
  }
  if (issue.code === "invalid_key") {
    const name = String(issue.path.at(-1));
    const message = `${name} ${issue.issues[0]?.message ?? "is no name"}`;
    return [{ ...at(issue.path), message, offending: name }];
  }
  const offending = textAt(given, issue.path);
  const base = { file, ...place(issue.path, false), path: issue.path.join("."), ...(offending === undefined ? {} : { offending }) };
  if (issue.code === "invalid_value") {
    const allowed = issue.values.map(String);
    const nearest = offending === undefined || allowed.length < 2 ? undefined : closest(offending, allowed);
    const words = offending === undefined ? "is missing" : `${offending} is not allowed here`;
    const message = issue.message.startsWith("Invalid") ? words : issue.message;
    return [{ ...base, message, allowed, ...(nearest === undefined ? {} : { nearest }) }];
  }
  if (issue.code === "invalid_type" && offending === undefined) return [{ ...base, message: "is missing" }];
  const message = issue.message.startsWith("is ")
    ? `${offending} ${issue.message}`
    : issue.message.startsWith("Invalid input")
      ? `${offending} has the wrong type: ${issue.message.replace("Invalid input: ", "")}`
      : issue.message;
  return [{ ...base, message }];
}

/** Of a union's alternatives the one that was meant is the one whose keys are known. */
function score(issues: readonly z.core.$ZodIssue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? 10 : 1) + (issue.path.length === 0 ? 5 : 0), 0);
}

function textAt(value: unknown, path: readonly PropertyKey[]): string | undefined {
  let at: unknown = value;
  for (const step of path) at = at !== null && typeof at === "object" ? (at as Record<PropertyKey, unknown>)[step] : undefined;
  if (at === undefined) return undefined;
  const isSecret = (step: PropertyKey): boolean => /token|secret/.test(String(step));
  if (path.some(isSecret)) return "****";
  return typeof at === "object" ? JSON.stringify(at, (key, inner: unknown) => (isSecret(key) ? "****" : inner)).slice(0, 80) : String(at);
}
