/** On each run: every healer proves what it has done and heals what is stalled; one that fails does not stop the others. */

import { fit } from "@kintsugi/events/fit";
import type { HealerRun } from "@kintsugi/events/runs";
import { messageOf } from "@kintsugi/ports/failure";
import type { Dependencies, Run, RunOutcome } from "@kintsugi/function-kit/declaration";
import { shorterReports } from "./shorter-reports.ts";
import { type Tended, tendBatches } from "./tend-batches.ts";

export function cleanUp({ config, documents, warehouse }: Pick<Dependencies, "config" | "documents" | "warehouse">) {
  return async (run: Run): Promise<RunOutcome> => {
    const tended: Tended[] = [];
    for (const healer of config.healers) {
      try {
        tended.push(await tendBatches({ documents, warehouse }, healer, run));
      } catch (error) {
        const nothing = { considered: 0, sick: 0, pending: 0, closed: [], told: [], refused: [] };
        tended.push({ report: { healer: healer.name, verdict: "unknown", reason: messageOf(error), ...nothing }, writes: [], publish: [] });
      }
    }
    const healers: readonly HealerRun[] = tended.map(({ report }) => report);
    const unknown = healers.filter(({ verdict }) => verdict === "unknown");
    return {
      verdict: unknown.length > 0 && unknown.length === healers.length ? "unknown" : "ok",
      ...(unknown[0]?.reason === undefined ? {} : { reason: unknown[0].reason }),
      healers: [...fit(healers, shorterReports)],
      counts: {
        considered: total(healers.map(({ considered }) => considered)),
        sick: total(healers.map(({ sick }) => sick)),
        closed: total(healers.map(({ closed }) => closed.length)),
        proved: total(tended.map(({ publish }) => publish.length)),
      },
      writes: tended.flatMap(({ writes }) => writes),
      publish: tended.flatMap(({ publish }) => publish),
    };
  };
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
