/** Business days that were bad for so long that nobody looks at them any more: they stand until a person closes them. */

import { DayRecord, incidentsCollection } from "@kintsugi/function-kit/incidents";
import type { Hole } from "@kintsugi/ledger/analyze";
import type { Documents } from "@kintsugi/ports/documents";
import { z } from "zod";

const WithDays = z.object({ key: z.string(), days: z.array(DayRecord).default([]) });

/** In the order of their keys and days. */
export async function readHoles(documents: Pick<Documents, "list">): Promise<readonly Hole[]> {
  const stored = (await documents.list(incidentsCollection)).map(({ data }) => WithDays.parse(data));
  const holes = stored.flatMap(({ key, days }) =>
    days.filter(({ state }) => state === "given_up").map(({ day, what }) => ({ key, day, what })),
  );
  return holes.sort((a, b) => a.key.localeCompare(b.key) || a.day.localeCompare(b.day));
}
