/** From the form of Slack and the other receivers to what they mean. */

import { defaultChannels } from "./defaults.ts";
import { definedOnly } from "./defined-only.ts";
import type { ConfigForm } from "./form.ts";
import type { Receiver, Slack } from "./model.ts";

/** The variable of a token or signing secret need not be set: its text is then empty, as if it were not there. */
export function slackOf({ token = "", signing_secret: signingSecret = "", ...form }: NonNullable<ConfigForm["slack"]>): Slack {
  return {
    ...(token === "" ? {} : { token }),
    ...(signingSecret === "" ? {} : { signingSecret }),
    ...(form.operators === undefined ? {} : { operators: form.operators }),
    channels: { ...defaultChannels, ...definedOnly(form.channels ?? {}) },
    webhooks: form.webhooks ?? {},
    repairs: form.repairs ?? "daily",
  };
}

export function receiverOf(name: string, form: NonNullable<ConfigForm["receivers"]>[string]): Receiver {
  return {
    name,
    url: form.webhook,
    ...(form.secret === undefined ? {} : { secret: form.secret }),
    minSeverity: form.min_severity ?? "info",
  };
}
