/** `kintsugi test FILE…`: plays scenario files and says which held. */

import { writeFile } from "node:fs/promises";
import { relative } from "node:path";
import { formatProblem, loadConfig, parseConfigValue } from "@kintsugi/config/load";
import type { Config } from "@kintsugi/config/model";
import { messageOf } from "@kintsugi/ports/failure";
import type { Chaos } from "./chaos.ts";
import { loadScenario, type Scenario } from "./load-scenario.ts";
import { play } from "./play.ts";
import { describe, junit, outcomeOf, type Result, summary } from "./report.ts";
import { ScenarioError } from "./scenario-error.ts";

export type TestOptions = {
  readonly json: boolean;
  readonly junit?: string;
  /** `7` or `1..1000`. */
  readonly seeds?: string;
  readonly chaos?: Chaos;
  readonly trace: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds of a wall clock, for durations only. */
  readonly elapsed: () => number;
  readonly write: (line: string) => void;
  readonly progress: (line: string) => void;
};

/** 0 all held, 1 an expectation failed, 2 the file or the configuration is wrong, 3 the runner itself failed. */
export async function testCommand(files: readonly string[], options: TestOptions): Promise<0 | 1 | 2 | 3> {
  const seeds = parseSeeds(options.seeds);
  if (seeds === "unreadable") {
    options.progress(`--seeds ${options.seeds} is neither a number nor a range such as 1..100`);
    return 2;
  }
  const results: Result[] = [];
  for (const file of files) {
    const loaded = await load(file, options);
    if (!("scenario" in loaded)) results.push(loaded);
    else for (const seed of seeds ?? [loaded.scenario.seed]) results.push(await playOne(loaded.scenario, loaded.config, seed, options));
    if (!options.json) for (const result of results.slice(-(seeds?.length ?? 1))) tell(result, seeds, options);
  }
  // How long it took is no part of the answer: the same file and the same seed give the same one.
  if (options.json)
    options.write(JSON.stringify({ scenarios: results.map(({ seconds: _seconds, ...rest }) => ({ ...rest, outcome: outcomeOf(rest) })) }));
  else options.write(summary(results));
  if (options.junit !== undefined && !(await wrote(options.junit, junit(results), options))) return 2;
  return exitCode(results);
}

async function wrote(file: string, text: string, { progress }: TestOptions): Promise<boolean> {
  try {
    await writeFile(file, text);
    return true;
  } catch (error) {
    progress(`--junit ${file} cannot be written (${messageOf(error)}): does its folder exist?`);
    return false;
  }
}

/** With many seeds only what did not hold is worth a line. */
function tell(result: Result, seeds: readonly number[] | undefined, { write }: TestOptions): void {
  if (seeds === undefined || seeds.length <= 10 || outcomeOf(result) !== "held") write(describe(result));
}

async function load(file: string, options: TestOptions): Promise<{ scenario: Scenario; config: Config } | Result> {
  const nothing = { file, name: file, seed: 1, chaos: "none", seconds: 0, checked: 0, failed: [] };
  const loaded = await loadScenario(file);
  if ("problems" in loaded)
    return {
      ...nothing,
      error: {
        kind: "given",
        lines: loaded.problems.map((problem) => `${problem.file}:${problem.line}:${problem.column}: ${problem.message}`),
      },
    };
  const scenario = { ...loaded.scenario, ...(options.chaos === undefined ? {} : { chaos: options.chaos }) };
  const read =
    typeof scenario.config === "string"
      ? await loadConfig(scenario.config, options.env)
      : parseConfigValue(scenario.config, { file: scenario.file, env: options.env, place: scenario.placeInConfig });
  if ("problems" in read) return { ...nothing, name: scenario.name, error: { kind: "given", lines: read.problems.map(formatProblem) } };
  return { scenario, config: read.config };
}

async function playOne(scenario: Scenario, config: Config, seed: number, options: TestOptions): Promise<Result> {
  const began = options.elapsed();
  const base = { file: relative(process.cwd(), scenario.file) || scenario.file, name: scenario.name, seed, chaos: scenario.chaos };
  const seconds = (): number => (options.elapsed() - began) / 1_000;
  try {
    const played = await play(scenario, config, { seed, ...(options.trace ? { trace: options.progress } : {}) });
    return { ...base, seconds: seconds(), ...played };
  } catch (error) {
    const kind = error instanceof ScenarioError ? "given" : "runner";
    const lines =
      kind === "given"
        ? [messageOf(error)]
        : [`the runner failed: ${messageOf(error)}`, ...(error instanceof Error ? (error.stack ?? "").split("\n").slice(1, 6) : [])];
    return { ...base, seconds: seconds(), checked: 0, failed: [], error: { kind, lines } };
  }
}

function parseSeeds(text: string | undefined): readonly number[] | undefined | "unreadable" {
  if (text === undefined) return undefined;
  const match = /^(\d+)(?:\.\.(\d+))?$/.exec(text);
  if (match === null) return "unreadable";
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  return last < first ? "unreadable" : Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function exitCode(results: readonly Result[]): 0 | 1 | 2 | 3 {
  if (results.some(({ error }) => error?.kind === "runner")) return 3;
  if (results.some(({ error }) => error?.kind === "given")) return 2;
  return results.some(({ failed }) => failed.length > 0) ? 1 : 0;
}
