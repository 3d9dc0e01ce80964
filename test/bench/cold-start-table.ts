/** Cold starts as people read them. Pure. */

import Table from "cli-table3";
import { quantile } from "./statistics.ts";

/** One process: until its first event was acknowledged, and what it held in memory then. */
export type ColdStart = { readonly ms: number; readonly mebibytes: number };

export type ColdStarts = { readonly name: string; readonly sources: readonly ColdStart[]; readonly bundled: readonly ColdStart[] };

export function coldStartTable(measured: readonly ColdStarts[]): string {
  const table = new Table({
    head: ["spawn → first event stored", "sources", "bundle", "ratio", "sources", "bundle"],
    colAligns: ["left", "right", "right", "right", "right", "right"],
    style: { head: [], border: [] },
  });
  for (const { name, sources, bundled } of measured) {
    const [slow, fast] = [median(sources, "ms"), median(bundled, "ms")];
    const [large, small] = [median(sources, "mebibytes"), median(bundled, "mebibytes")];
    const [ratio, before, after] = [(fast / slow).toFixed(2), slow.toFixed(0), fast.toFixed(0)];
    table.push([name, `${before} ms`, `${after} ms`, ratio, `${large.toFixed(0)} MiB`, `${small.toFixed(0)} MiB`]);
  }
  return table.toString();
}

function median(starts: readonly ColdStart[], figure: keyof ColdStart): number {
  return quantile(
    starts.map((each) => each[figure]),
    0.5,
  );
}
