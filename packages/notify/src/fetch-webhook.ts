/** Sends webhooks over HTTP. */

import { Failure } from "@kintsugi/ports/failure";
import type { SendWebhook } from "@kintsugi/ports/webhook";

const TIMEOUT_MS = 10_000;

/** @param fetch the platform's own */
export function fetchWebhook(fetch: typeof globalThis.fetch): SendWebhook {
  return async ({ url, body, headers }) => {
    let response: Response;
    try {
      response = await fetch(url, { method: "POST", body, headers, signal: AbortSignal.timeout(TIMEOUT_MS), redirect: "manual" });
    } catch (error) {
      const reason =
        error instanceof Error && error.name === "TimeoutError" ? `no answer within ${TIMEOUT_MS / 1_000} s` : "it cannot be reached";
      throw new Failure("transient", `webhook: ${reason}`);
    }
    await response.body?.cancel();
    const retryAfter = Number(response.headers.get("retry-after"));
    return { status: response.status, ...(retryAfter > 0 ? { retryAfterSeconds: retryAfter } : {}) };
  };
}
