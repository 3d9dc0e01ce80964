/** Words that nobody sees but who has pressed a button. Slack shows nothing of the answer to a press, and what is posted to the press's own address. */

import type { Dependencies } from "@kintsugi/function-kit/declaration";
import type { JsonObject } from "@kintsugi/ports/json";

/** Slack gives up on a press that is not answered within 3 s. */
const PATIENCE_MS = 2_000;

export function toPresser(text: string): JsonObject {
  return { response_type: "ephemeral", replace_original: false, text };
}

/** What is said stands whether or not Slack takes it, so that failing to tell it fails nothing. */
export async function tellPresser(
  { sendWebhook, clock }: Pick<Dependencies, "sendWebhook" | "clock">,
  url: string | undefined,
  text: string,
): Promise<void> {
  if (url === undefined) return;
  const body = JSON.stringify(toPresser(text));
  const sent = sendWebhook({ url, body, headers: { "content-type": "application/json" } }).catch(() => undefined);
  await Promise.race([sent, clock.sleep(PATIENCE_MS)]);
}
