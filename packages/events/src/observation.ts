/** What a producer says of one thing that it looked at, in its own words. The detector decides what it means, the notifiers who hears it. */

import { z } from "zod";
import { Count, Id, Time } from "./fields.ts";
import { Subject } from "./subject.ts";
import { Words } from "./words.ts";

const About = {
  subject: Subject,
  /** The business day that was looked at: what is bad of one day is mended only by a good look at the same day. */
  day: z.iso.date().optional(),
};

const Said = {
  ...Words,
  /** Whom this day's finding holds up, such as the consumer of a gate. */
  who: Id.optional(),
  /** Targets that the finding is about, where it is about several; a new one is new trouble. */
  targets: z.array(Id).max(200).optional(),
  /** How often; replaces the count of bad runs. */
  count: Count.optional(),
  /** When it began, where that is not the time of the look. */
  since: Time.optional(),
};

export const Observation = z.discriminatedUnion("verdict", [
  z.object({ verdict: z.literal("ok"), ...About }),
  z.object({ verdict: z.literal("not_applicable"), ...About, reason: z.string() }),
  z.object({ verdict: z.literal("unknown"), ...About, ...Said }),
  z.object({ verdict: z.literal("finding"), ...About, ...Said }),
]);
export type Observation = z.infer<typeof Observation>;

/** One that says that something is not well, or could not be looked at. */
export type Trouble = Extract<Observation, { verdict: "unknown" | "finding" }>;

export function isTrouble(observation: Observation): observation is Trouble {
  return observation.verdict === "unknown" || observation.verdict === "finding";
}

/** What no event may leave out, and what older events did not have. */
export const Observations = z.array(Observation).default([]);
