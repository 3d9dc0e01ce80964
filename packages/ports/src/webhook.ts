/** Where JSON is sent to receivers other than Slack. */

/** What a receiver has answered. */
export type WebhookAnswer = { readonly status: number; readonly retryAfterSeconds?: number };

/** Resolves with any answer; throws a transient Failure where there was none (the receiver may have got it). The URL may be a secret, so no error holds it. */
export type SendWebhook = (request: {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}) => Promise<WebhookAnswer>;
