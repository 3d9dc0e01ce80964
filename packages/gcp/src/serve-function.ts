/** The cloud entry of a function: its environment and configuration are read, its ports made, and it is served. */

import { requireConfig } from "@kintsugi/config/load";
import type { FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import { httpHandler } from "@kintsugi/function-kit/http";
import { readCloudEnvironment } from "./cloud-environment.ts";
import { cloudLog } from "./cloud-log.ts";
import { cloudPorts, deadlinesOf } from "./cloud-ports.ts";
import { serve } from "./serve.ts";

const clock = {
  now: Date.now,
  sleep: (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms)),
};

/** @throws with all that is wrong with the environment or the configuration */
export async function serveFunction(declaration: FunctionDeclaration): Promise<void> {
  const { configFile, slackUrl } = readCloudEnvironment(process.env);
  const config = await requireConfig(configFile, process.env);
  const ports = cloudPorts(config, { slackUrl, clock, fetch, deadlines: deadlinesOf(declaration) });
  serve(declaration.name, httpHandler(declaration, { config, ...ports }, cloudLog, { random: Math.random }));
}
