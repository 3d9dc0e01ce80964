/** Is the configuration right? Every problem at once. */

import { relative, resolve } from "node:path";
import { formatProblem, loadConfig } from "@kintsugi/config/load";
import { columnProblems } from "@kintsugi/local/column-problems";
import { type Common, configPath } from "../configuration.ts";
import type { CommandContext, ExitCode } from "../command-context.ts";

export async function configCheck(file: string | undefined, options: Common, context: CommandContext): Promise<ExitCode> {
  const path = file === undefined ? configPath(options, context) : resolve(context.directory, file);
  const loaded = await loadConfig(path, context.env);
  const found = "problems" in loaded ? loaded.problems : await columnProblems(loaded.config);
  const problems = found.map((problem) => ({ ...problem, file: relative(context.directory, problem.file) || problem.file }));
  if (options.json === true) context.out(JSON.stringify({ problems }));
  else if (problems.length === 0) context.out(`${relative(context.directory, path) || path}: right`);
  else for (const problem of problems) context.out(formatProblem(problem));
  return problems.length === 0 ? 0 : 2;
}
