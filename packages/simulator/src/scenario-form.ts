/** The form of a scenario file (docs/reference/scenarios.md). */

import { GateDecided } from "@kintsugi/events/gate";
import { Outcome } from "@kintsugi/events/healing";
import { Mode } from "@kintsugi/events/operator";
import { topics } from "@kintsugi/events/topics";
import { z } from "zod";
import { Chaos } from "./chaos.ts";
import { FaultForm } from "./fault.ts";

const Text = z.string().min(1);
const TopicName = z.enum(topics, { error: ({ input }) => `there is no topic ${String(input)}; there are ${topics.join(", ")}` });
const Columns = z.record(Text, Text);
const Scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
/** A number, or a comparison in quotes such as ">= 2". */
const Wanted = z.union([
  z.number(),
  z.string().regex(/^(?:<=?|>=?|=|!=)?\s*-?\d+(?:\.\d+)?$/, 'is neither a number nor a comparison such as ">= 2"'),
]);

const MessagesWanted = z.strictObject({
  posts: Wanted.optional(),
  edits: Wanted.optional(),
  replies: Wanted.optional(),
  mentions: Wanted.optional(),
});

export const Expectations = z.strictObject({
  incidents: z.record(Text, z.union([z.literal("absent"), z.record(Text, z.json())])).optional(),
  only: z.literal("incidents").optional(),
  messages: z.record(Text, MessagesWanted).optional(),
  posts: Wanted.optional(),
  text: z.record(Text, z.union([Text, z.array(Text)])).optional(),
  ledger: z.record(Text, Wanted).optional(),
  equal_stores: z.boolean().optional(),
  outcomes: z.record(Text, z.partialRecord(Outcome, Wanted)).optional(),
  documents: z.record(Text, z.union([z.literal("absent"), z.record(Text, z.json())])).optional(),
  sql: z.record(Text, z.union([Scalar, z.array(z.json())])).optional(),
  dead_letters: Wanted.optional(),
  healed: z.array(Text).optional(),
  lost: Wanted.optional(),
  verdicts: z.record(Text, z.array(Text)).optional(),
});
export type Expectations = z.infer<typeof Expectations>;

/** A key of the form that nothing acts on yet. */
const NotYet = z.undefined({ error: "not supported yet" }).optional();

/** What somebody does in Slack: presses a button, or deletes a message. */
const SlackStep = z.strictObject({
  action: z.enum(["acknowledge", "silence", "apply", "delete"]),
  incident: Text.optional(),
  user: Text.default("U0"),
  until: Text.optional(),
  reason: z.string().optional(),
  healer: Text.optional(),
  target: Text.optional(),
});
export type SlackStep = z.infer<typeof SlackStep>;

/** What a step does; exactly one, or none besides `expect`. */
const actions = {
  table: Text,
  document: Text,
  sql: Text,
  commit: z.strictObject({
    sha: Text,
    paths: z.array(Text).min(1),
    message: z.string().default(""),
    committed: Text.default("now"),
    author: Text.optional(),
    /** When it came to the branch. */
    merged: Text.optional(),
  }),
  revision: z.strictObject({
    service: Text,
    name: Text,
    commit: Text,
    traffic: z.number().min(0).max(100).default(100),
    created: Text.default("now"),
    settings: z.record(Text, z.json()).optional(),
  }),
  publish: z.strictObject({ topic: TopicName, event: z.record(Text, z.json()) }),
  raw: z.strictObject({ topic: TopicName, data: z.string(), attributes: z.record(Text, z.string()).optional() }),
  gate: z.strictObject({
    gate: Text,
    day: Text.optional(),
    consumer: Text.optional(),
    context: GateDecided.shape.context.optional(),
    actor: Text.optional(),
    reason: Text.optional(),
    expires: Text.optional(),
    entities: NotYet,
    request_id: NotYet,
  }),
  fault: FaultForm,
  run: Text,
  skip: Text,
  two_instances: Text,
  slack: SlackStep,
  mode: z.strictObject({
    set: Mode,
    reason: z.string().default(""),
    until: Text.optional(),
    for: Text.optional(),
  }),
  restart: Text,
} as const;

export const actionNames = Object.keys(actions) as (keyof typeof actions)[];

const details = {
  columns: Columns.optional(),
  csv: Text.optional(),
  rows: z.array(z.array(z.json())).optional(),
  select: Text.optional(),
  set: z.record(Text, z.json()).optional(),
  delete: z.boolean().optional(),
  for: Text.optional(),
  every: Text.optional(),
  until: Text.optional(),
};

const optionalActions = Object.fromEntries(Object.entries(actions).map(([name, form]) => [name, form.optional()])) as {
  [K in keyof typeof actions]: z.ZodOptional<(typeof actions)[K]>;
};

/** On a gate step `expect` names fields of the decision; elsewhere it is checked as expectations. */
const Base = z.strictObject({ ...optionalActions, ...details, expect: z.record(Text, z.json()).optional() });

export const Given = Base.omit({ every: true, until: true, expect: true });
export const Step = Base.extend({ at: Text });
export type Action = z.infer<typeof Given>;
export type Step = z.infer<typeof Step>;

export const ScenarioForm = z.strictObject({
  name: Text,
  config: z.union([Text, z.record(Text, z.unknown())]),
  start: Text,
  end: Text,
  seed: z.number().int().nonnegative().default(1),
  chaos: Chaos.default("none"),
  given: z.array(Given).default([]),
  timeline: z.array(Step).default([]),
});
export type ScenarioForm = z.infer<typeof ScenarioForm>;
