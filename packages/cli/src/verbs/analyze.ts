/** What was healed, how well, from what causes, and what to fix first. */

import type { Config } from "@kintsugi/config/model";
import type { Analysis } from "@kintsugi/ledger/analyze";
import { printable } from "@kintsugi/events/printable";
import { analysisOf } from "@kintsugi/local/ledger-answers";
import { checkLedger } from "@kintsugi/local/open-local";
import { type Common, configuration } from "../configuration.ts";
import { bodyOf, reach } from "../system.ts";
import { table } from "../table.ts";
import { timeGiven } from "../time-given.ts";
import { type ExitCode, Refusal, type CommandContext } from "../command-context.ts";

/** The demonstration's days lie in the past: without --since all that the ledger holds is analysed. */
const EVER_MS = Date.UTC(2000, 0, 1);

export type AnalyzeOptions = Common & { readonly since?: string; readonly until?: string };

export async function analyze(options: AnalyzeOptions, context: CommandContext): Promise<ExitCode> {
  const config = await configuration(options, context);
  const span = spanOf(options, context.now(), config);
  const found = await reach<Analysis>(
    config,
    context,
    async (call) =>
      bodyOf(
        await call("GET", `/analyze?since=${new Date(span.sinceMs).toISOString()}&until=${new Date(span.untilMs).toISOString()}`),
      ) as unknown as Analysis,
    async (local) => {
      await checkLedger(local);
      return await analysisOf(local, span);
    },
  );
  context.out(options.json === true ? JSON.stringify(found) : describe(found));
  return 0;
}

function spanOf({ since, until }: AnalyzeOptions, nowMs: number, config: Config): { sinceMs: number; untilMs: number } {
  const sinceMs = since === undefined ? EVER_MS : instant(since, nowMs, config);
  const untilMs = until === undefined ? nowMs + 1 : instant(until, nowMs, config);
  if (sinceMs >= untilMs) throw new Refusal(`--since ${since ?? "ever"} is not before --until ${until ?? "now"}: swap them`);
  return { sinceMs, untilMs };
}

function instant(text: string, nowMs: number, { timezone }: Config): number {
  const atMs = timeGiven(text, { nowMs, timezone, direction: "ago" });
  if (atMs === undefined) throw new Refusal(`${text} is neither a duration such as 7d nor a time such as 2026-02-05T14:00:00Z`);
  return atMs;
}

function describe({ total, by_type, causes, holes, recommendations }: Analysis): string {
  const types = by_type.map((type) => [
    type.healing_type,
    String(type.events),
    String(type.effective),
    String(type.ineffective),
    String(type.errored),
    percent(type.success_rate),
  ]);
  const parts = [
    total === 0 ? "no repairs" : table(["type", "repairs", "effective", "ineffective", "errored", "success"], types),
    ...(causes.length === 0
      ? []
      : [
          table(
            ["cause", "count", "share", "last seen"],
            causes.map(({ cause, count, share, last_seen }) => [
              cause,
              String(count),
              percent(share),
              last_seen.slice(0, 16).replace("T", " "),
            ]),
          ),
        ]),
    ...(holes.length === 0
      ? []
      : [
          table(
            ["given up", "what", "of"],
            holes.map(({ key, day, what }) => [day, what, key]),
          ),
        ]),
    ...(recommendations.length === 0
      ? []
      : [
          recommendations
            .map(({ text, evidence, command }, index) =>
              [`${index + 1}. ${printable(text)}`, `   ${printable(evidence)}`, `   ${printable(command)}`].join("\n"),
            )
            .join("\n"),
        ]),
  ];
  return parts.join("\n\n");
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}
