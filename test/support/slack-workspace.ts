/** What Slack keeps: messages with their blocks and metadata, in channels that are public or private, read page by page. */

export type SlackMessage = {
  readonly channel: string;
  readonly ts: string;
  text: string;
  blocks: readonly unknown[];
  readonly metadata: unknown;
  readonly thread?: string;
  /** A reply that is shown in the channel too. */
  readonly isBroadcast: boolean;
};

export type SlackWorkspace = {
  readonly messages: readonly SlackMessage[];
  answer(method: string, body: URLSearchParams): object;
  remove(id: string): void;
};

/** Those of a configuration that names none, besides the ones that were posted to. */
const CHANNELS = ["deployment-alerts", "canary-alerts", "healing-alerts", "monitoring-alerts", "app-error-alerts"];
/** Slack gives fewer than are asked for when it likes. */
const MOST_ON_A_PAGE = 100;

/** @param now Slack's own clock, epoch ms. A channel whose name begins with `private` is private. */
export function slackWorkspace(now: () => number): SlackWorkspace {
  const messages: SlackMessage[] = [];
  let sequence = 0;

  function post(body: URLSearchParams): object {
    const [channel, thread] = [idOf(body.get("channel") ?? ""), body.get("thread_ts")];
    if (thread !== null && !messages.some(({ ts }) => ts === thread)) return { ok: false, error: "message_not_found" };
    const ts = `${Math.floor(now() / 1_000)}.${String(++sequence).padStart(6, "0")}`;
    messages.push({
      channel,
      ts,
      text: body.get("text") ?? "",
      blocks: JSON.parse(body.get("blocks") ?? "[]") as unknown[],
      metadata: JSON.parse(body.get("metadata") ?? "null"),
      ...(thread === null ? {} : { thread }),
      isBroadcast: body.get("reply_broadcast") === "true",
    });
    return { ok: true, channel, ts };
  }

  function update(body: URLSearchParams): object {
    const message = messages.find(({ ts }) => ts === body.get("ts"));
    if (message === undefined) return { ok: false, error: "message_not_found" };
    message.text = body.get("text") ?? "";
    // Slack keeps the blocks that an edit does not name.
    const blocks = body.get("blocks");
    if (blocks !== null) message.blocks = JSON.parse(blocks) as unknown[];
    return { ok: true, channel: body.get("channel"), ts: message.ts };
  }

  function list(body: URLSearchParams): object {
    const types = body.get("types") ?? "public_channel";
    const ids = new Set([...CHANNELS.map((name) => idOf(`#${name}`)), ...messages.map((message) => message.channel)]);
    const channels = [...ids]
      .map((id) => ({ id, name: id.slice(1).toLowerCase(), is_member: true, is_archived: false, is_private: isPrivate(id) }))
      .filter((channel) => types.split(",").includes(channel.is_private ? "private_channel" : "public_channel"));
    return { ok: true, channels };
  }

  function answer(method: string, body: URLSearchParams): object {
    const here = messages.filter(({ channel }) => channel === idOf(body.get("channel") ?? ""));
    const ts = body.get("ts");
    switch (method) {
      case "auth.test":
        return { ok: true, url: "https://kintsugi.slack.test/", team: "kintsugi", user: "kintsugi" };
      case "chat.postMessage":
        return post(body);
      case "chat.update":
        return update(body);
      case "conversations.list":
        return list(body);
      case "conversations.history":
        return page(here.filter(isShown).toReversed(), body);
      case "conversations.replies":
        return page(
          here.filter((message) => message.ts === ts || message.thread === ts),
          body,
        );
      default:
        return { ok: false, error: "unknown_method" };
    }
  }

  return {
    messages,
    answer,
    remove: (id: string) => void messages.splice(0, messages.length, ...messages.filter(({ ts }) => ts !== id)),
  };
}

function page(all: readonly SlackMessage[], body: URLSearchParams): object {
  const oldest = Number(body.get("oldest") ?? 0);
  const from = Number(body.get("cursor") ?? 0);
  const to = from + Math.min(Number(body.get("limit") ?? MOST_ON_A_PAGE), MOST_ON_A_PAGE);
  const found = all.filter(({ ts }) => Number(ts) > oldest);
  const isKnown = body.get("include_all_metadata") === "true";
  const messages = found.slice(from, to).map(({ metadata, ...message }) => (isKnown ? { ...message, metadata } : message));
  return { ok: true, messages, response_metadata: { next_cursor: to < found.length ? String(to) : "" } };
}

function isShown({ thread, isBroadcast }: SlackMessage): boolean {
  return thread === undefined || isBroadcast;
}

function isPrivate(id: string): boolean {
  return id.slice(1).startsWith("PRIVATE");
}

/** Channels are answered by id, as Slack does. */
function idOf(channel: string): string {
  return channel.startsWith("#") ? `C${channel.slice(1).toUpperCase()}` : channel;
}
