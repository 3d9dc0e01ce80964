/** Do the scenario files hold? */

import { testCommand } from "@kintsugi/simulator/test-command";
import { type ExitCode, Refusal, type CommandContext } from "../command-context.ts";

export type TestOptions = {
  readonly json?: boolean;
  readonly junit?: string;
  readonly seeds?: string;
  readonly chaos?: string;
  readonly trace?: boolean;
};

const CHAOS = ["none", "redeliver", "reorder", "crash", "storm"] as const;

export async function test(files: readonly string[], options: TestOptions, context: CommandContext): Promise<ExitCode> {
  const chaos = CHAOS.find((name) => name === options.chaos);
  if (options.chaos !== undefined && chaos === undefined) throw new Refusal(`--chaos ${options.chaos} is none of ${CHAOS.join(", ")}`);
  return await testCommand(files, {
    json: options.json === true,
    trace: options.trace === true,
    ...(options.junit === undefined ? {} : { junit: options.junit }),
    ...(options.seeds === undefined ? {} : { seeds: options.seeds }),
    ...(chaos === undefined ? {} : { chaos }),
    env: context.env,
    elapsed: context.elapsed,
    write: context.out,
    progress: context.remark,
  });
}
