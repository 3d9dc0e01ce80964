/** Changes of one message that wait together become one: the latest wins, and what was remarked with each is said. Pure. */

import type { Telling } from "./receiver.ts";

/** What may stand for each other while both wait. A receiver of every change gets each. */
export function mergeKey({ receiver, wanted }: Pick<Telling, "receiver" | "wanted">): string {
  return receiver.manner === "posts-every-change" ? `${wanted.messageKey}:${wanted.revision}` : wanted.messageKey;
}

export function merge(one: Telling, other: Telling): Telling {
  const [older, newer] = one.wanted.revision <= other.wanted.revision ? [one, other] : [other, one];
  const remarks = [...new Map([...older.wanted.remarks, ...newer.wanted.remarks].map((remark) => [remark.key, remark])).values()];
  // An update hides no news.
  const change = newer.wanted.change === "updated" ? older.wanted.change : newer.wanted.change;
  return { ...newer, wanted: { ...newer.wanted, change, remarks } };
}
