/** Which healer's target is meant by what people type: its name, its incident's key, or the id of a heal. Pure. */

import { nearestOf } from "@kintsugi/config/nearest";
import { parseSubject } from "@kintsugi/events/subject";
import type { HealStatus } from "@kintsugi/local/heals";
import { Refusal } from "./command-context.ts";

export type HealTarget = { readonly healer: string; readonly target: string };

/** @throws Refusal that names the nearest, or the healers that it could be */
export function resolveHeal(heals: readonly HealStatus[], id: string, healer?: string): HealTarget {
  const subject = parseSubject(id);
  const isMeant = (one: HealStatus): boolean =>
    one.target === id ||
    one.healing_id === id ||
    (subject?.kind === "target" && one.healer === subject.healer && one.target === subject.target);
  const found = heals.filter((one) => isMeant(one) && (healer === undefined || one.healer === healer));
  const healers = [...new Set(found.map((one) => one.healer))];
  const [first] = found;
  if (first === undefined) throw new Refusal(unknown(heals, id, healer));
  if (healers.length > 1) throw new Refusal(`${id} is a target of ${healers.join(" and ")}: say which with --healer`);
  return { healer: first.healer, target: first.target };
}

function unknown(heals: readonly HealStatus[], id: string, healer: string | undefined): string {
  const of = healer === undefined ? "no healer" : healer;
  const names = heals.filter((one) => healer === undefined || one.healer === healer).flatMap((one) => [one.target, one.healing_id ?? ""]);
  const nearest = nearestOf(
    id,
    names.filter((name) => name !== ""),
  );
  const hint = nearest === undefined ? "see kintsugi heal list" : `did you mean ${nearest}?`;
  return healer === undefined ? `${of} remembers ${id}; ${hint}` : `${of} does not remember ${id}; ${hint}`;
}
