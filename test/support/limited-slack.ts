/** Slack's Web API in this process, by a virtual clock, with Slack's own limits: a real client calls it through its fetch. */

import type { Clock } from "@kintsugi/ports/ports";
import { type SlackMessage, slackWorkspace } from "./slack-workspace.ts";

export type LimitedCall = { readonly method: string; readonly channel: string | null; readonly atMs: number; readonly status: number };

/** `works`: as it should. `away`: no answer. `hangs`: none for 10 s. `unheard`: it is done, and answered 500. */
export type Mood = "works" | "away" | "hangs" | "unheard";

export type LimitedSlack = {
  readonly fetch: typeof fetch;
  readonly messages: readonly SlackMessage[];
  /** Every request, the refused ones too. */
  readonly calls: readonly LimitedCall[];
  /** @param of which requests; all, if left out */
  mood(mood: Mood, of?: (call: Pick<LimitedCall, "method" | "channel">) => boolean): void;
};

/** https://docs.slack.dev/apis/web-api/rate-limits: at most so many in any such time. */
const LIMITS: Readonly<Record<string, { readonly most: number; readonly withinMs: number; readonly byChannel?: true }>> = {
  "chat.postMessage": { most: 1, withinMs: 1_000, byChannel: true },
  "chat.update": { most: 50, withinMs: 60_000 },
  "conversations.history": { most: 50, withinMs: 60_000 },
  "conversations.replies": { most: 50, withinMs: 60_000 },
  "conversations.list": { most: 20, withinMs: 60_000 },
};
const CLIENT_TIMEOUT_MS = 10_000;

/** @param aheadMs how far Slack's clock is ahead of the host's */
export function limitedSlack(clock: Clock, aheadMs = 0): LimitedSlack {
  const slackNow = (): number => clock.now() + aheadMs;
  const workspace = slackWorkspace(slackNow);
  const calls: LimitedCall[] = [];
  let [current, applies]: [Mood, (call: Pick<LimitedCall, "method" | "channel">) => boolean] = ["works", () => true];

  function isOver(method: string, channel: string | null): boolean {
    const limit = LIMITS[method];
    if (limit === undefined) return false;
    const sinceMs = clock.now() - limit.withinMs;
    const alike = calls.filter((call) => call.method === method && (limit.byChannel === undefined || call.channel === channel));
    return alike.filter(({ atMs, status }) => atMs > sinceMs && status !== 429).length >= limit.most;
  }

  async function respond(method: string, body: URLSearchParams): Promise<Response> {
    const channel = body.get("channel");
    const mood = applies({ method, channel }) ? current : "works";
    const isLimited = isOver(method, channel);
    const status = isLimited ? 429 : mood === "works" ? 200 : mood === "unheard" ? 500 : 0;
    calls.push({ method, channel, atMs: clock.now(), status });
    if (isLimited) return new Response("", { status, headers: { "retry-after": "30" } });
    if (mood === "hangs") await clock.sleep(CLIENT_TIMEOUT_MS);
    if (mood === "hangs" || mood === "away") throw new TypeError("fetch failed");
    const answered = JSON.stringify(workspace.answer(method, body));
    const date = new Date(slackNow()).toUTCString();
    return new Response(mood === "unheard" ? "sorry" : answered, { status, headers: { "content-type": "application/json", date } });
  }

  return {
    fetch: async (url, request) => await respond(String(url).split("/").at(-1) ?? "", new URLSearchParams(String(request?.body ?? ""))),
    messages: workspace.messages,
    calls,
    mood: (mood, of = () => true) => void ([current, applies] = [mood, of]),
  };
}
