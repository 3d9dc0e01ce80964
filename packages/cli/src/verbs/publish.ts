/** Hands one event, or one per line, to the bus. */

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { isTopic, topics } from "@kintsugi/events/topics";
import { batchesOf } from "../batches.ts";
import { type Common, configuration } from "../configuration.ts";
import { bodyOf, reach } from "../system.ts";
import { type ExitCode, Refusal, type CommandContext } from "../command-context.ts";

/** What is larger than an event and still a request of its own goes to the dead letters, as from anybody else; beyond this no request holds it. */
const MAX_BYTES = 5_000_000;

export async function publish(topic: string, file: string, options: Common, context: CommandContext): Promise<ExitCode> {
  if (!isTopic(topic)) throw new Refusal(`there is no topic ${topic}; there are ${topics.join(", ")}`);
  const config = await configuration(options, context);
  const events = split(file === "-" ? await context.readInput() : await read(resolve(context.directory, file)));
  const large = events.findIndex((event) => Buffer.byteLength(event) > MAX_BYTES);
  if (large !== -1) throw new Refusal(`event ${large + 1} is too large: an event holds at most 64 KiB; nothing was published`);
  const ids = await reach(
    config,
    context,
    async (call) => {
      const messageIds: unknown[] = [];
      for (const batch of batchesOf(events)) {
        const messages = batch.map((event) => ({ data: Buffer.from(event).toString("base64") }));
        messageIds.push(
          ...(bodyOf(await call("POST", `/v1/projects/local/topics/${topic}:publish`, { messages }))["messageIds"] as unknown[]),
        );
      }
      return messageIds;
    },
    async ({ bus }) => [...(await bus.publish(events.map((event) => ({ topic, attributes: {}, data: Buffer.from(event) }))))],
  );
  if (options.json === true) for (const id of ids) context.out(JSON.stringify({ messageId: id }));
  else context.out(`${ids.length} ${ids.length === 1 ? "event" : "events"} stored on topic ${topic}`);
  return 0;
}

/** One JSON value over several lines is one event; else each line is one. */
function split(text: string): readonly string[] {
  const whole = text.trim();
  if (whole === "") throw new Refusal("there is no event to publish: the input is empty");
  try {
    JSON.parse(whole);
    return [whole];
  } catch {
    return whole
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
  }
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    throw new Refusal(`${path} cannot be read: is the path right?`);
  }
}
