/** The cloud entry of a function: its environment and configuration are read, its ports made, and it is served. */

import { requireConfig } from "@kintsugi/config/load";
import { deadlinesOf } from "@kintsugi/function-kit/deadlines";
import type { Dependencies, FunctionDeclaration, OwnPort } from "@kintsugi/function-kit/declaration";
import { httpHandler } from "@kintsugi/function-kit/http";
import type { Callers } from "@kintsugi/function-kit/http-callers";
import { type CloudEnvironment, readCloudEnvironment } from "./cloud-environment.ts";
import { cloudLog } from "./cloud-log.ts";
import { type CloudAdapters, cloudPorts } from "./cloud-ports.ts";
import { serve } from "./serve.ts";
import { verifyCaller } from "./verify-caller.ts";
import { googleKeys } from "./verify-caller-keys.ts";

const clock = {
  now: Date.now,
  sleep: (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms)),
};

/** @throws with all that is wrong with the environment or the configuration */
export async function serveFunction<Port extends OwnPort>(
  declaration: FunctionDeclaration<Port>,
  adapters: CloudAdapters<Port>,
): Promise<void> {
  const environment = readCloudEnvironment(process.env);
  const config = await requireConfig(environment.configFile, process.env);
  const deadlines = deadlinesOf(declaration);
  const ports = cloudPorts(config, { slackUrl: environment.slackUrl, clock, fetch, deadlines }, adapters);
  const callers = callersOf(environment, deadlines.callMs);
  if (callers === undefined)
    cloudLog({
      severity: "WARNING",
      message: "callers are not verified",
      reason: "KINTSUGI_AUDIENCES is not set",
      function: declaration.name,
    });
  // The declaration's type says that it asks for no other ports.
  const dependencies = { config, ...ports } as unknown as Dependencies;
  serve(declaration.name, httpHandler(declaration, dependencies, cloudLog, { random: Math.random, callers }));
}

function callersOf({ audiences, pushAccounts, isCheckedByIam }: CloudEnvironment, deadlineMs: number): Callers | undefined {
  if (audiences === undefined) return undefined;
  const keyOf = googleKeys({ fetch, now: clock.now, deadlineMs });
  return { identify: verifyCaller({ audiences, isCheckedByIam, keyOf, now: clock.now }), pushAccounts };
}
