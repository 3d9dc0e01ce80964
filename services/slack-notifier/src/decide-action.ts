/** What a press of a button means: an operator's word, or the reason why it is none. Pure. */

import { Id } from "@kintsugi/events/fields";
import type { NewEvent } from "@kintsugi/function-kit/declaration";
import { z } from "zod";

/** The part of Slack's payload that is used: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
export const Press = z.object({
  type: z.literal("block_actions"),
  user: z.object({ id: Id, username: z.string().optional(), name: z.string().optional() }),
  actions: z
    .array(z.object({ action_id: z.string(), value: z.string().default(""), action_ts: z.string().regex(/^\d{1,12}(?:\.\d{1,9})?$/) }))
    .min(1),
  message: z.object({ ts: z.string() }).optional(),
  container: z.object({ message_ts: z.string().optional() }).optional(),
  /** Where words for who has pressed are posted. */
  response_url: z.url().optional().catch(undefined),
});
export type Press = z.infer<typeof Press>;

export type Decision =
  | { readonly action: "say"; readonly event: NewEvent; readonly answer: string }
  | { readonly action: "refuse"; readonly reason: string };

const SILENCE_MS = 4 * 3_600_000;
const REASON = "button in Slack";

const OfIncident = z.object({ incident: Id });
const OfTarget = z.object({ healer: Id, target: Id });

/** @param operators ids of who may press; undefined: everybody who sees the button */
export function decideAction(press: Press, operators: readonly string[] | undefined, atMs: number): Decision {
  if (operators !== undefined && !operators.includes(press.user.id))
    return refuse(`${press.user.id} is no operator: who may press stands under slack.operators`);
  const { action_id: name, value } = press.actions[0]!;
  const said = { actor: actorOf(press), reason: REASON };
  switch (name) {
    case "acknowledge":
      return about(OfIncident, value, ({ incident }) => ({
        event: { type: "incident.acknowledged", purpose: name, subject: incident, timeMs: atMs, data: { ...said, incident } },
        answer: `${incident} is acknowledged by ${said.actor}`,
      }));
    case "silence": {
      const until = new Date(atMs + SILENCE_MS).toISOString();
      return about(OfIncident, value, ({ incident }) => ({
        event: { type: "incident.silenced", purpose: name, subject: incident, timeMs: atMs, data: { ...said, incident, until } },
        answer: `${incident} is silenced by ${said.actor} until ${until}`,
      }));
    }
    case "act":
      return about(OfTarget, value, ({ healer, target }) => ({
        event: { type: "heal.released", purpose: name, subject: target, timeMs: atMs, data: { ...said, healer, target } },
        answer: `${target} is released to ${healer} by ${said.actor}`,
      }));
    default:
      return refuse(`there is no action ${name.slice(0, 100)}; there are acknowledge, silence and act`);
  }
}

/** What the button carries, as the notifier put it there. */
function about<T>(form: z.ZodType<T>, value: string, say: (of: T) => { event: NewEvent; answer: string }): Decision {
  const parsed = form.safeParse(jsonOf(value));
  return parsed.success ? { action: "say", ...say(parsed.data) } : refuse("the button does not say what it is about");
}

function refuse(reason: string): Decision {
  return { action: "refuse", reason };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Slack's name of a user may hold what an id may not, such as an emoji. */
function actorOf({ user }: Press): string {
  const named = Id.safeParse(user.username ?? user.name);
  return named.success ? named.data : user.id;
}
