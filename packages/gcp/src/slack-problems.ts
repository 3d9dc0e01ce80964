/** What Slack would refuse for good, asked before anything is posted. Never throws: what cannot be asked is not known to be wrong. */

import { isLasting } from "@kintsugi/ports/failure";
import { z } from "zod";
import type { CallSlack } from "./slack-calls.ts";
import { type ListedChannel, listChannels } from "./slack-channels.ts";
import { refusalWords, refusedAs } from "./slack-failure.ts";

const Granted = z.object({ response_metadata: z.object({ scopes: z.array(z.string()).optional() }).optional() });

export async function slackProblems(call: CallSlack, channels: readonly string[]): Promise<readonly string[]> {
  try {
    const scopes = Granted.parse(await call("auth.test", {})).response_metadata?.scopes ?? [];
    const named = [...new Set(channels)].filter((channel) => channel.startsWith("#"));
    if (named.length === 0) return [];
    const listed = await listChannels(call, (found) => named.every((channel) => byName(found, channel) !== undefined));
    return named.flatMap((channel) => {
      const reason = refusalOf(byName(listed.channels, channel), { isWhole: listed.isWhole, scopes });
      return reason === undefined ? [] : [refusalWords(refusedAs(reason), channel)];
    });
  } catch (error) {
    return isLasting(error) ? [`slack: ${refusalWords((error as Error).cause)}`] : [];
  }
}

type Known = { readonly isWhole: boolean; readonly scopes: readonly string[] };

/** An app with the scope chat:write.public posts to a public channel that it is no member of. */
function refusalOf(channel: ListedChannel | undefined, { isWhole, scopes }: Known): string | undefined {
  if (channel === undefined) return isWhole ? "channel_not_found" : undefined;
  if (channel.is_archived) return "is_archived";
  const mayPost = channel.is_member || (!channel.is_private && scopes.includes("chat:write.public"));
  return mayPost ? undefined : "not_in_channel";
}

function byName(channels: readonly ListedChannel[], wanted: string): ListedChannel | undefined {
  return channels.find(({ name }) => `#${name}` === wanted);
}
