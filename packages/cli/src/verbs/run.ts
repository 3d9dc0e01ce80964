/** Runs the configured functions on the wall clock until it is stopped, or once. */

import type { Config } from "@kintsugi/config/model";
import type { RunCompleted } from "@kintsugi/events/runs";
import type { Log } from "@kintsugi/function-kit/deliver-events";
import { printable } from "@kintsugi/events/printable";
import { type HostOptions, openForManualRuns, startHost } from "@kintsugi/local/host";
import { readStatus } from "@kintsugi/local/status";
import type { Chat } from "@kintsugi/ports/chat";
import { type Common, configuration } from "../configuration.ts";
import { table } from "../table.ts";
import { type ExitCode, Refusal, type CommandContext } from "../command-context.ts";

export type RunOptions = Common & { readonly port?: string; readonly once?: boolean };

const DEFAULT_PORT = 8787;
/** So long one run may take with all that follows from it. */
const ONCE_LIMIT_MS = 60_000;

export async function run(functions: readonly string[], options: RunOptions, context: CommandContext): Promise<ExitCode> {
  if (functions.length > 0 && options.once !== true)
    throw new Refusal(`${functions.join(" ")}: without --once all configured functions run; give --once, or no names`);
  const config = await configuration(options, context);
  const log: Log = (fact) => (fact.severity === "INFO" ? undefined : context.remark(JSON.stringify(fact)));
  const say: HostOptions["say"] = ({ kind, channel, text }) => context.remark(`${channel} ${kind === "post" ? "" : `(${kind}) `}${text}`);
  const host: HostOptions = { clock: { now: context.now }, chat: await chatOf(config, context), say, log, pid: context.pid };
  return options.once === true
    ? await once(config, host, functions, { options, context })
    : await serve(config, host, { options, context });
}

type Around = { readonly options: RunOptions; readonly context: CommandContext };

async function serve(config: Config, host: HostOptions, { options, context }: Around): Promise<ExitCode> {
  const port = options.port === undefined ? DEFAULT_PORT : /^\d{1,5}$/.test(options.port) ? Number(options.port) : Number.NaN;
  if (!(port <= 65_535)) throw new Refusal(`--port ${options.port} is no port: 0 to 65535`);
  const started = await startHost(config, host, { port, token: context.env["KINTSUGI_TOKEN"] });
  context.out(`listening on ${started.url}`);
  context.remark(`watching ${config.pipeline}; Ctrl-C stops, and nothing is lost`);
  await context.stopped();
  context.remark("stopping: finishing what is at work");
  await started.stop();
  return 130;
}

/** For cron and CI: each scheduled function once, and all that follows from it. */
async function once(config: Config, host: HostOptions, functions: readonly string[], { options, context }: Around): Promise<ExitCode> {
  const manual = await openForManualRuns(config, host);
  try {
    const runnable = manual.local.declarations.filter(({ onRun }) => onRun !== undefined).map(({ name }) => name);
    const unknown = functions.find((name) => !runnable.includes(name));
    if (unknown !== undefined) throw new Refusal(`there is no function ${unknown} to run; there are ${runnable.join(", ")}`);
    const runs: RunCompleted[] = [];
    for (const name of runnable.filter((each) => functions.length === 0 || functions.includes(each)))
      runs.push((await manual.driver.runNow(name, ONCE_LIMIT_MS)).run);
    const { incidents } = await readStatus(manual.local);
    if (options.json === true) context.out(JSON.stringify({ runs, incidents }));
    else {
      context.out(
        table(
          ["function", "verdict", "what"],
          runs.map((each) => [
            each.function,
            each.verdict,
            each.reason ??
              Object.entries(each.counts)
                .map(([name, count]) => `${name} ${count}`)
                .join(", "),
          ]),
        ),
      );
      for (const { key, severity, title } of incidents) context.out(printable(`${severity}  ${key}  ${title}`));
    }
    const isBad = ({ verdict, counts }: RunCompleted): boolean => verdict === "unknown" || (counts["findings"] ?? 0) > 0;
    return runs.some(isBad) || incidents.length > 0 ? 1 : 0;
  } finally {
    await manual.close();
  }
}

/** Slack where the configuration names it; else the terminal tells. */
async function chatOf({ slack }: Config, { env, now }: CommandContext): Promise<Chat | undefined> {
  if (slack.token === undefined && Object.keys(slack.webhooks).length === 0) return undefined;
  const { configuredChat } = await import("@kintsugi/gcp/configured-chat");
  return configuredChat(slack, { slackUrl: env["SLACK_API_URL"], fetch, now });
}
