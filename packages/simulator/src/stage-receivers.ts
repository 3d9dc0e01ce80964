/** The receivers of webhooks on the stage: they accept everything, and the trace says how much each got. */

import type { SendWebhook } from "@kintsugi/ports/webhook";

export function stageReceivers(tell: (line: string) => void): { readonly sendWebhook: SendWebhook } {
  const counts = new Map<string, number>();
  return {
    async sendWebhook({ url }) {
      const count = (counts.get(url) ?? 0) + 1;
      counts.set(url, count);
      tell(`webhook ${count} to ${new URL(url).host}`);
      return { status: 200 };
    },
  };
}
