/** Finds channels that no message could reach: without a token, a channel needs a webhook of its own. */

import { Channel } from "@kintsugi/events/fields";
import { defaultChannels } from "./defaults.ts";
import type { Report } from "./problem.ts";
import { EVERY, type ValidSubset } from "./valid-subset.ts";

export function verifyChannels({ slack }: ValidSubset, report: Report): void {
  const { token = "", webhooks = {}, channels = {} } = slack ?? {};
  if (token !== "" || Object.keys(webhooks).length === 0) return;
  for (const kind of Channel.options) {
    const given = channels[kind];
    if (Object.hasOwn(webhooks, given ?? defaultChannels[kind])) continue;
    const path = ["slack", "channels", kind];
    const remedy = `add it under slack.webhooks, or let ${kind} be a channel that has one`;
    report(path, (channel) => `there is no token and no webhook for ${channel}: ${remedy}`, {
      ...(given === undefined ? { offending: defaultChannels[kind] } : {}),
      allowed: Object.keys(webhooks),
      needs: [["slack", "token"], ["slack", "webhooks", EVERY], path],
    });
  }
}
