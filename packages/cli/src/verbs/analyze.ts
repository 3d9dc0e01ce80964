/** What was healed, how well, from what causes, and what to fix first. */

import { durationMs, DURATION } from "@kintsugi/config/units";
import { type Analysis, analyze as analyzeLedger } from "@kintsugi/ledger/analyze";
import { localPlace } from "@kintsugi/ledger/statements";
import { checkLedger } from "@kintsugi/local/open-local";
import { type Common, configuration } from "../configuration.ts";
import { bodyOf, reach } from "../system.ts";
import { table } from "../table.ts";
import { type ExitCode, Refusal, type World } from "../world.ts";

/** The demonstration's days lie in the past: without --since all that the ledger holds is analysed. */
const EVER_MS = Date.UTC(2000, 0, 1);

export async function analyze(options: Common & { readonly since?: string; readonly until?: string }, world: World): Promise<ExitCode> {
  const config = await configuration(options, world);
  const span = { sinceMs: instant(options.since, world.now(), EVER_MS), untilMs: instant(options.until, world.now(), world.now() + 1) };
  const found = await reach<Analysis>(
    config,
    world,
    async (call) =>
      bodyOf(
        await call("GET", `/analyze?since=${new Date(span.sinceMs).toISOString()}&until=${new Date(span.untilMs).toISOString()}`),
      ) as unknown as Analysis,
    async (local) => {
      await checkLedger(local);
      return await analyzeLedger(local.dependencies.ledger, localPlace, span);
    },
  );
  world.out(options.json === true ? JSON.stringify(found) : describe(found));
  return 0;
}

function instant(text: string | undefined, nowMs: number, fallback: number): number {
  if (text === undefined) return fallback;
  const at = DURATION.test(text) ? nowMs - durationMs(text) : Date.parse(text);
  if (Number.isNaN(at)) throw new Refusal(`${text} is neither a duration such as 7d nor a time such as 2026-02-05T14:00:00Z`);
  return at;
}

function describe({ total, by_type, causes, recommendations }: Analysis): string {
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
    ...(recommendations.length === 0
      ? []
      : [recommendations.map(({ text, evidence, command }, index) => `${index + 1}. ${text}\n   ${evidence}\n   ${command}`).join("\n")]),
  ];
  return parts.join("\n\n");
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}
