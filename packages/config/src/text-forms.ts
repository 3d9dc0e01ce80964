/** The texts of kintsugi.yaml that have a form of their own, such as names, durations, conditions and secrets. */

import { z } from "zod";
import { SECRET_REFERENCE } from "./secret-places.ts";
import {
  CONDITION,
  conditionForm,
  DURATION,
  parseCondition,
  PERCENT,
  PLAIN_CONDITION,
  plainForm,
  SHARE,
  SIZE,
  sizeBytes,
  SPAN,
} from "./units.ts";

/** The first fault of a text is told alone: what is empty is no duration either. */
const abort = true;
const quoteIt = (input: unknown): string | undefined =>
  typeof input === "number" ? "a number stands where text is wanted: quote it" : undefined;
const empty = { error: "must not be empty", abort };
/** What a file of text never holds on purpose, and what would cut a statement or a request short. */
const hasNoControl = (text: string): boolean => !/(?![\t\n\r])\p{Cc}/u.test(text);
const control = { error: "has a control character: take it out", abort };
export const Text = z
  .string({ error: ({ input }) => quoteIt(input) })
  .min(1, empty)
  .refine(hasNoControl, control);
/** `out/{target}`: a document that stands where the id of what was healed is put in. */
export const TargetDocument = Text.regex(/^[^/{}]+(?:\/(?:[^/{}]|\{target\})+\/[^/{}]+)*\/(?:[^/{}]|\{target\})+$/, {
  error: "is no document such as out/{target}",
  abort,
}).refine((text) => text.includes("{target}"), "does not name {target}: it would prove every heal alike");
const notName = "is no name: letters, digits, dashes, dots and underscores";
export const Name = Text.regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, notName);
/** JavaScript's objects put keys of digits first, and the order of the phases means something. */
export const PhaseName = Text.regex(/^(?!\d+$)[A-Za-z0-9][A-Za-z0-9_.-]*$/, {
  error: ({ input }) =>
    /^\d+$/.test(String(input))
      ? "has only digits, which would change the order of the phases: give it a letter, such as phase-1"
      : notName,
});
const notDuration = "is no duration such as 90s, 15m, 2h or 7d";
export const Duration = Text.regex(DURATION, notDuration);
export const Window = Text.regex(SPAN, {
  error: ({ input }) => (DURATION.test(String(input)) ? "is no time at all: nothing ever happens in it" : notDuration),
});
/** BigQuery bills no less, and refuses a lower limit. Source: "Estimate and control costs" in its documentation. */
const LEAST_BILLED_BYTES = 10 * 2 ** 20;
export const MaxBytes = Text.regex(SIZE, { error: "is no size such as 500 MB or 10 GB", abort }).refine(
  (text) => sizeBytes(text) >= LEAST_BILLED_BYTES,
  "is less than 10 MiB, which BigQuery bills for any query: no query could ever run",
);
export const Percent = Text.regex(SHARE, {
  error: ({ input }) => (PERCENT.test(String(input)) ? "is more than the whole" : 'is no percentage such as "40%"'),
});
const oneUnit = (text: string): boolean => parseCondition(text) !== undefined;
const twoUnits = "compares with two ends of different units";
export const Condition = Text.regex(CONDITION, { error: `is no condition: ${conditionForm}`, abort }).refine(oneUnit, twoUnits);
/** One that needs no earlier values. */
export const PlainCondition = Text.regex(PLAIN_CONDITION, { error: `is no condition: ${plainForm}`, abort }).refine(oneUnit, twoUnits);

export const SlackUser = Text.regex(/^[UW][A-Z0-9]{2,}$/, "is no id of a Slack user, such as U012ABC");
export const ChannelName = Text.regex(/^(?:#[^\s#]+|[CGD][A-Z0-9]{6,})$/, "is no channel: #name, or an id such as C0123ABC");

/** How it must stand in the file is judged before the environment is put in; editors learn it here. */
export const Secret = z.string().meta({ pattern: SECRET_REFERENCE.source });

/** The address is judged after the environment is put in. */
export const address = (...protocols: readonly string[]) =>
  Secret.refine(
    (text) => protocols.includes(URL.parse(text)?.protocol ?? ""),
    `is no address that begins with ${protocols.map((protocol) => `${protocol}//`).join(" or ")}`,
  );
/** Slack and the terminal are receivers too, and have these names. */
export const ReceiverName = Text.regex(/^(?!(?:slack|terminal)$)[A-Za-z0-9][A-Za-z0-9_.-]*$/, {
  error: ({ input }) =>
    /^(?:slack|terminal)$/.test(String(input)) ? "is the name of a receiver that is always there: take another name" : notName,
});
