/** Why was this decided? The ledger's story of a heal, a refusal, a decision, an incident or a message. */

import type { StoryLine } from "@kintsugi/ledger/why";
import { storyOf } from "@kintsugi/local/ledger-answers";
import { checkLedger } from "@kintsugi/local/open-local";
import { type Common, configuration } from "../configuration.ts";
import { bodyOf, reach } from "../system.ts";
import type { CommandContext, ExitCode } from "../command-context.ts";

export async function why(id: string, options: Common & { readonly day?: string }, context: CommandContext): Promise<ExitCode> {
  const config = await configuration(options, context);
  const { day } = options;
  const query = day === undefined ? "" : `?day=${encodeURIComponent(day)}`;
  const story = await reach<readonly StoryLine[]>(
    config,
    context,
    async (call) => bodyOf(await call("GET", `/why/${encodeURIComponent(id)}${query}`))["story"] as unknown as readonly StoryLine[],
    async (local) => {
      await checkLedger(local);
      return await storyOf(local, { id, day });
    },
  );
  if (options.json === true) context.out(JSON.stringify({ id, story }));
  else
    for (const { time, type, text } of story)
      context.out(
        `${time.slice(0, 19)}Z  ${type}\n${text
          .split("\n")
          .map((line) => `    ${line}`)
          .join("\n")}`,
      );
  if (story.length === 0)
    context.remark(
      `the ledger holds nothing about ${id}: ids stand in messages, in \`kintsugi status --json\` and in \`kintsugi analyze\``,
    );
  return story.length === 0 ? 1 : 0;
}
