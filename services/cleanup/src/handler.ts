/** On each run: every healer proves what it has done and heals what is stalled; one that fails does not stop the others. */

import type { Healer } from "@kintsugi/config/healer";
import { fit } from "@kintsugi/events/fit";
import type { Dependencies, Run, RunOutcome } from "@kintsugi/function-kit/declaration";
import { Conflict, messageOf } from "@kintsugi/ports/failure";
import { causeOf, observeBlind } from "./observe-healer.ts";
import type { HealerResult } from "./report-healer.ts";
import { runHealer } from "./run-healer.ts";
import { shorterReports } from "./shorter-reports.ts";

/** The event also carries what people are told. */
const MAX_REPORT_BYTES = 16 * 1024;

export function cleanUp({ config, documents, warehouse }: Pick<Dependencies, "config" | "documents" | "warehouse">) {
  return async (run: Run): Promise<RunOutcome> => {
    const results: HealerResult[] = [];
    for (const healer of config.healers) results.push(await safely(healer, () => runHealer({ documents, warehouse }, healer, run)));
    const healers = results.map(({ report }) => report);
    const unknown = results.filter(({ report }) => report.verdict === "unknown");
    const [first] = unknown;
    const total = (count: (result: HealerResult) => number): number => results.reduce((sum, result) => sum + count(result), 0);
    return {
      verdict: first !== undefined && unknown.length === results.length ? "unknown" : "ok",
      ...(first?.report.reason === undefined ? {} : { reason: first.report.reason }),
      ...(first?.cause === undefined ? {} : { cause: first.cause }),
      healers: [...fit(healers, shorterReports, MAX_REPORT_BYTES)],
      counts: {
        considered: total(({ report }) => report.considered),
        stalled: total(({ report }) => report.stalled),
        closed: total(({ report }) => report.closed.length),
        proved: total(({ publish }) => publish.length),
      },
      observations: results.flatMap(({ observations }) => observations),
      complete: results.flatMap(({ complete }) => complete),
      writes: results.flatMap(({ writes }) => writes),
      publish: results.flatMap(({ publish }) => publish),
    };
  };
}

/** @throws Conflict alone: somebody wrote meanwhile, and the whole run is decided again */
async function safely(healer: Healer, work: () => Promise<HealerResult>): Promise<HealerResult> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Conflict) throw error;
    const reason = messageOf(error);
    const cause = causeOf(error);
    const nothing = { considered: 0, stalled: 0, pending: 0, closed: [], escalated: [], limited: [] };
    return {
      report: { healer: healer.name, verdict: "unknown", reason, ...nothing },
      ...observeBlind(healer, reason, cause),
      cause,
      writes: [],
      publish: [],
    };
  }
}
