/** Loads kintsugi.yaml; every problem with its place, all at once. */

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Environment, substitute } from "./environment.ts";
import { ConfigForm } from "./form.ts";
import { hiddenValues, isStatementPart, type Taken } from "./hidden-values.ts";
import type { Config } from "./model.ts";
import { ownKeys } from "./own-keys.ts";
import type { Path } from "./path.ts";
import { noPlace, type PlaceOf } from "./places.ts";
import { formatProblem, inOrder, type Problem, problemAt, type Report, type Source } from "./problem.ts";
import { readYaml } from "./read-yaml.ts";
import { reportIssues } from "./report-issues.ts";
import { resolveConfig } from "./resolve.ts";
import { isInDoubt, validSubset } from "./valid-subset.ts";
import { verify } from "./verify.ts";
import { verifyLimits } from "./verify-limits.ts";

export { formatProblem, type Problem };

export type Loaded = { readonly config: Config } | { readonly problems: readonly Problem[] };

type Given = { readonly file: string; readonly env: Environment };
/** `names`: statements show the variables by name, as for people who read them; otherwise as they are sent. */
type Statements = "values" | "names";

export async function loadConfig(file: string, env: Environment, statements: Statements = "values"): Promise<Loaded> {
  const path = resolve(file);
  try {
    return parseConfig(await readFile(path, "utf8"), { file: path, env }, statements);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return { problems: [{ file: path, ...noPlace([]), path: "", message: UNREADABLE[code] ?? `cannot be read (${code})` }] };
  }
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: "cannot be read: is the path right?",
  EISDIR: "is a directory: give the kintsugi.yaml in it",
  EACCES: "may not be read by this user: give it the right to, such as with chmod +r",
};

/** @throws with every problem and its place, for a process that cannot start without */
export async function requireConfig(file: string, env: Environment): Promise<Config> {
  const loaded = await loadConfig(file, env);
  if ("config" in loaded) return loaded.config;
  throw new Error(`the configuration is not valid:\n${loaded.problems.map(formatProblem).join("\n")}`);
}

export function parseConfig(text: string, { file, env }: Given, statements: Statements = "values"): Loaded {
  const { source, problems, unread, isWhole } = readYaml(file, text);
  return isWhole ? judge(source, env, { problems, unread, statements }) : { problems: inOrder(problems) };
}

/**
 * A configuration that stands inside another file, as in a scenario.
 * @param given `place` says where a part of it stands there
 */
export function parseConfigValue(value: unknown, { file, env, place = noPlace }: Given & { readonly place?: PlaceOf }): Loaded {
  return judge({ file, place, written: value }, env, { problems: [], unread: [], statements: "values" });
}

type SoFar = { readonly problems: readonly Problem[]; readonly unread: readonly Path[]; readonly statements: Statements };

function judge(source: Source, env: Environment, soFar: SoFar): Loaded {
  const problems = [...soFar.problems];
  const unknown = [...soFar.unread];
  const taken: Taken[] = [];
  const report: Report = (...problem) => void problems.push(problemAt(source, ...problem));
  const reportUnknown: Report = (path, ...rest) => {
    unknown.push(path);
    report(path, ...rest);
  };
  if (!verifyLimits(source.written, report)) return { problems: inOrder(problems) };
  // Nothing at all lacks what every file has.
  const given = substitute(ownKeys(source.written ?? {}, reportUnknown), {
    environment: env,
    report: reportUnknown,
    took: (value) => void taken.push(value),
    ...(soFar.statements === "names" ? { keepsName: isStatementPart } : {}),
  });
  const parsed = ConfigForm.safeParse(given);
  reportIssues(parsed.error?.issues ?? [], { written: source.written, unknown, report });
  const { form, removed } = validSubset(given);
  const gone = [...unknown, ...removed];
  verify(form, (path, words, details = {}) => {
    if (!isInDoubt(details.needs ?? [], gone)) report(path, words, details);
  });
  if (!parsed.success || problems.length > 0) return { problems: inOrder(problems) };
  return { config: resolveConfig(parsed.data, source.file, hiddenValues(taken)) };
}
