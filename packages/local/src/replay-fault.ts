/** Why a dead letter cannot be sent again as it came. Pure. */

import { HIDDEN } from "@kintsugi/events/mask";

type Kept = { readonly data: string; readonly bytes: number; readonly attributes: Readonly<Record<string, string>> };

/** Undefined where what was kept is what came. */
export function replayFault({ data, bytes, attributes }: Kept): string | undefined {
  const kept = Buffer.from(data, "base64");
  if (kept.length < bytes && !kept.includes(HIDDEN))
    return `only ${kept.length} of its ${bytes} bytes were kept: send it again from where it came`;
  const isMasked = kept.length !== bytes || kept.includes(HIDDEN) || Object.values(attributes).some((value) => value.includes(HIDDEN));
  return isMasked ? "secrets in it were hidden before it was kept: send it again from where it came" : undefined;
}
