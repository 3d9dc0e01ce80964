/** What the last look at all data warned of, and what it found by rules on trial: neither opens an incident, and both are shown. */

import { CanaryEvaluated } from "@kintsugi/events/canary";
import { lastCanary, localPlace } from "@kintsugi/ledger/statements";
import type { Local } from "./open-local.ts";

export type CanaryWarning = { readonly check: string; readonly metric: string; readonly day: string | null; readonly what: string };

/** Null when the ledger cannot be read: that says nothing about whether there are any. */
export async function lastWarnings({ config, dependencies }: Local, nowMs: number): Promise<readonly CanaryWarning[] | null> {
  if (config.phases.every(({ checks }) => checks.length === 0)) return [];
  try {
    const [row] = (await dependencies.ledger.query(lastCanary(localPlace, nowMs))).rows;
    return row === undefined ? [] : warningsIn(CanaryEvaluated.parse(JSON.parse(String(row["data"]))));
  } catch {
    return null;
  }
}

function warningsIn({ checks }: CanaryEvaluated): readonly CanaryWarning[] {
  return checks.flatMap(({ phase, check, day, metrics, observed = false }) =>
    metrics
      .filter(({ verdict }) => verdict === "warn" || (observed && (verdict === "finding" || verdict === "unknown")))
      .map(({ name, reason, actual, verdict }) => ({
        check: `${phase}.${check}`,
        metric: name,
        day: day ?? null,
        what: `${reason ?? `${name} is ${actual ?? "empty"}`}${observed ? ` (on trial: ${verdict})` : ""}`,
      })),
  );
}
