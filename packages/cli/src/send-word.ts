/** Hands an operator's word to the functions that it is for, after it was held against what stands; through the host it is acted on at once. */

import type { Config } from "@kintsugi/config/model";
import { readStatus, type Status } from "@kintsugi/local/status";
import type { JsonObject } from "@kintsugi/ports/json";
import { type CommandContext, type ExitCode, Refusal } from "./command-context.ts";
import type { Common } from "./configuration.ts";
import type { Said } from "./operator-options.ts";
import { type Word, wordFault } from "./operator-word.ts";
import { bodyOf, reach } from "./system.ts";

type Sent = { readonly messageId: string; readonly isHandled: boolean };

export type Saying = { readonly config: Config; readonly context: CommandContext; readonly options: Common };

/** @param done what is so then, for people: `acknowledged canary:raw.boxscores` */
export async function sendWord(word: Word, said: Said, done: string, { config, context, options }: Saying): Promise<ExitCode> {
  const check = (status: Status): void => {
    const fault = wordFault(word, said, { status, config });
    if (fault !== undefined) throw new Refusal(fault);
  };
  const data = JSON.stringify({ source: "kintsugi/cli", ...word, ...said });
  const sent = await reach<Sent>(
    config,
    context,
    async (call) => {
      check(bodyOf(await call("GET", "/status")) as unknown as Status);
      const messages = [{ data: Buffer.from(data).toString("base64") }];
      return heard(bodyOf(await call("POST", "/v1/projects/local/topics/operator:publish?wait=true", { messages })));
    },
    async (local) => {
      check(await readStatus(local));
      const [messageId = ""] = await local.bus.publish([{ topic: "operator", attributes: {}, data: Buffer.from(data) }]);
      return { messageId, isHandled: false };
    },
  );
  const until = said.until === undefined ? "" : ` until ${said.until.slice(0, 16).replace("T", " ")}Z`;
  if (options.json === true) context.out(JSON.stringify({ ...word, ...said, message_id: sent.messageId, handled: sent.isHandled }));
  else context.out(`${sent.isHandled ? "" : "stored: "}${done}${until}`);
  if (!sent.isHandled) context.remark("it takes effect when the functions run next: kintsugi run, or kintsugi run --once");
  return 0;
}

/** @throws Refusal with the reason of the function that it was for */
function heard(body: JsonObject): Sent {
  const [refused] = body["refused"] as readonly { readonly reason: string }[];
  if (refused !== undefined) throw new Refusal(refused.reason);
  const [messageId = ""] = body["messageIds"] as readonly string[];
  return { messageId, isHandled: body["delivered"] === true };
}
