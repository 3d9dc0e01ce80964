/** Why was this decided? The ledger's story of a heal, a refusal, a decision, an incident or a message. */

import { localPlace } from "@kintsugi/ledger/statements";
import { type StoryLine, why as tellWhy } from "@kintsugi/ledger/why";
import { checkLedger } from "@kintsugi/local/open-local";
import { type Common, configuration } from "../configuration.ts";
import { bodyOf, reach } from "../system.ts";
import type { ExitCode, World } from "../world.ts";

export async function why(id: string, options: Common, world: World): Promise<ExitCode> {
  const config = await configuration(options, world);
  const story = await reach<readonly StoryLine[]>(
    config,
    world,
    async (call) => bodyOf(await call("GET", `/why/${encodeURIComponent(id)}`))["story"] as unknown as readonly StoryLine[],
    async (local) => {
      await checkLedger(local);
      return await tellWhy(local.dependencies.ledger, localPlace, id);
    },
  );
  if (options.json === true) world.out(JSON.stringify({ id, story }));
  else
    for (const { time, type, text } of story)
      world.out(
        `${time.slice(0, 19)}Z  ${type}\n${text
          .split("\n")
          .map((line) => `    ${line}`)
          .join("\n")}`,
      );
  if (story.length === 0)
    world.remark(`the ledger holds nothing about ${id}: ids stand in messages, in \`kintsugi status --json\` and in \`kintsugi analyze\``);
  return story.length === 0 ? 1 : 0;
}
