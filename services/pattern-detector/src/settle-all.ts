/** Settles what a step has touched among all that is not well: reads the index only where the step changes how others are placed. */

import type { IncidentChanged } from "@kintsugi/events/alerts";
import type { Step } from "./detection.ts";
import type { IncidentRecord } from "./incident-record.ts";
import type { IncidentStore } from "./incident-store.ts";
import { settle, type Setting, tellChanged } from "./settle.ts";

export type SettledStep = { readonly changed: readonly IncidentRecord[]; readonly told: readonly IncidentChanged[] };

export async function settleAll(step: Step, incidents: IncidentStore, setting: Setting): Promise<SettledStep> {
  const { before, looked, changes } = step;
  const isPlacedAlike = [...looked].every(([key, record]) => incidents.isPlacedAlike(before.get(key), record));
  if (isPlacedAlike) {
    const { records, told } = tellChanged(before, looked, changes, setting.nowMs);
    return { changed: [...records.values()], told };
  }
  const standings = await incidents.standings();
  const known = new Map([...standings, ...before]);
  const all = new Map([...standings, ...looked]);
  for (;;) {
    const { records, told } = settle(known, all, changes, setting);
    const tellable = new Set(told.map(({ key }) => key));
    const changed = [...records.values()].filter(
      ({ key }) => looked.has(key) || tellable.has(key) || !incidents.isPlacedAlike(all.get(key), records.get(key)!),
    );
    // To be stored or told, a record needs its words: these few are read, and all is settled once more.
    const unread = changed.map(({ key }) => key).filter((key) => all.has(key) && all.get(key) === standings.get(key));
    if (unread.length === 0) return { changed, told };
    await incidents.preload(unread);
    for (const key of unread) {
      const record = await incidents.get(key);
      for (const records of [known, all])
        if (record === undefined) records.delete(key);
        else records.set(key, record);
    }
  }
}
