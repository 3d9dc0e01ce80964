/** What a person says of an open incident: it is known, it shall be quiet, it is over. */

import { type CommandContext, type ExitCode } from "../command-context.ts";
import { configuration } from "../configuration.ts";
import { type OperatorOptions, saidBy, withEnd } from "../operator-options.ts";
import { sendWord } from "../send-word.ts";

export async function ack(key: string, options: OperatorOptions, context: CommandContext): Promise<ExitCode> {
  const config = await configuration(options, context);
  const said = saidBy("ack", options, context, config);
  return await sendWord({ type: "incident.acknowledged", incident: key }, said, `acknowledged ${key}`, { config, context, options });
}

export async function silence(key: string, options: OperatorOptions, context: CommandContext): Promise<ExitCode> {
  const config = await configuration(options, context);
  const said = withEnd("silence", saidBy("silence", options, context, config));
  return await sendWord({ type: "incident.silenced", incident: key }, said, `silenced ${key}`, { config, context, options });
}

export async function close(key: string, options: OperatorOptions & { readonly day?: string }, context: CommandContext): Promise<ExitCode> {
  const config = await configuration(options, context);
  const said = saidBy("close", options, context, config);
  const { day } = options;
  const word = { type: "incident.closed", incident: key, ...(day === undefined ? {} : { day }) } as const;
  return await sendWord(word, said, day === undefined ? `closed ${key}` : `closed ${day} of ${key}`, { config, context, options });
}
