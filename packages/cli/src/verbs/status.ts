/** What is open, what waits, and when each function was heard. */

import { isUnwell, readStatus, type Status } from "@kintsugi/local/status";
import type { CommandContext, ExitCode } from "../command-context.ts";
import { type Common, configuration } from "../configuration.ts";
import { describeStatus } from "../describe-status.ts";
import { bodyOf, reach } from "../system.ts";

export async function status(options: Common, context: CommandContext): Promise<ExitCode> {
  const config = await configuration(options, context);
  const seen = await reach<Status>(
    config,
    context,
    async (call) => bodyOf(await call("GET", "/status")) as unknown as Status,
    async (system) => await readStatus(system),
  );
  context.out(options.json === true ? JSON.stringify(seen) : describeStatus(seen));
  if (seen.warnings === null) context.remark("the ledger cannot be read just now: warnings are not shown");
  return isUnwell(seen) ? 1 : 0;
}
