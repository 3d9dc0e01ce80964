/** What people read where they name a gate that is not configured. Pure. */

import { nearestOf } from "@kintsugi/config/nearest";
import { nameSome } from "@kintsugi/events/name-some";
import { shorten } from "@kintsugi/events/shorten";

const MAX_NAME = 100;
const MAX_NAMED = 5;

/** @param gates names of all that are configured */
export function unknownGate(given: string, gates: readonly string[]): string {
  const name = shorten(given, MAX_NAME);
  const nearest = nearestOf(name, gates);
  return `there is no gate ${name}; ${nearest === undefined ? `there are ${nameSome(gates, MAX_NAMED)}` : `did you mean ${nearest}?`}`;
}
