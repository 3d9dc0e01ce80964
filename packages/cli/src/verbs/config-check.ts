/** Is the configuration right? Every problem at once. */

import { relative, resolve } from "node:path";
import { formatProblem, loadConfig } from "@kintsugi/config/load";
import { columnProblems } from "@kintsugi/local/column-problems";
import { type Common, configPath } from "../configuration.ts";
import type { ExitCode, World } from "../world.ts";

export async function configCheck(file: string | undefined, options: Common, world: World): Promise<ExitCode> {
  const path = file === undefined ? configPath(options, world) : resolve(world.directory, file);
  const loaded = await loadConfig(path, world.env);
  const found = "problems" in loaded ? loaded.problems : await columnProblems(loaded.config);
  const problems = found.map((problem) => ({ ...problem, file: relative(world.directory, problem.file) || problem.file }));
  if (options.json === true) world.out(JSON.stringify({ problems }));
  else if (problems.length === 0) world.out(`${relative(world.directory, path) || path}: right`);
  else for (const problem of problems) world.out(formatProblem(problem));
  return problems.length === 0 ? 0 : 2;
}
