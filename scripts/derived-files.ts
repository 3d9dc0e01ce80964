/** Everything in schemas/ and the pages of events and budgets, derived from the definitions in the code and from what was counted. Pure. */

import { configJsonSchema } from "@kintsugi/config/json-schema";
import { catalogue, type EventType } from "@kintsugi/events/catalogue";
import { fillData } from "@kintsugi/events/fill";
import { topics, type Topic } from "@kintsugi/events/topics";
import { wireType, topicOf } from "@kintsugi/events/wire";
import { ledgerTables } from "@kintsugi/ledger/tables";
import { z } from "zod";
import counted from "../docs/reference/budgets.json" with { type: "json" };
import { budgetsPage } from "./budgets-page.ts";

/** What is used of a JSON Schema here. */
type Schema = {
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
};

const types = Object.keys(catalogue) as EventType[];

/** What the fields cannot tell. */
const notes: Partial<Record<Topic, string>> = {
  operator:
    "Said by people, through a verb, a button or the API; each is acted on, or refused with the reason. `heal.approved` and `heal.undone` are refused, since nothing is proposed yet.",
};

/** Path in the project to text. */
export function derivedFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, unknown>([["schemas/kintsugi.schema.json", configJsonSchema()]]);
  for (const type of types) {
    const schema = { ...dataSchema(type), title: wireType(type), description: `Data of ${type}, on topic ${topicOf(type)}` };
    files.set(`schemas/events/${type}.json`, schema);
  }
  for (const { name, schema } of ledgerTables) files.set(`schemas/bigquery/${name}.json`, schema);
  const schemas = [...files].map(([path, value]) => [path, `${JSON.stringify(value, null, 2)}\n`] as const);
  return new Map([...schemas, ["docs/reference/events.md", eventsPage()], ["docs/reference/budgets.md", budgetsPage(counted)]]);
}

function dataSchema(type: EventType): object {
  return z.toJSONSchema(catalogue[type].data, { io: "input" });
}

function eventsPage(): string {
  return `# Events

<!-- Derived from packages/events/src/catalogue.ts by scripts/derive.ts: change it there. -->

Every event is a CloudEvent 1.0 with \`id\`, \`source\`, \`type\`, \`time\` and, where it is about one thing, \`subject\`. On the bus its envelope stands
in the attributes \`ce-id\`, \`ce-source\`, \`ce-type\`, … and its data, as JSON, in the message. The name on the wire and the short name are
both understood. How to send one of your own: [tell of your own repairs](../how-to/tell-of-your-own-repairs.md).

*Required* says what a sender gives: \`yes\`; \`no\`; \`filled\` (it may be left out, and is made from the envelope); or the default in its place.
A time is RFC 3339 with a zone, a day \`YYYY-MM-DD\`, an id 1 to 512 characters without control characters and emoji. \`name[]\` is one of a list.

| topic | events |
|---|---|
${topics.map((topic) => `| \`${topic}\` | ${eventsOn(topic).map(linked).join(", ")} |`).join("\n")}

${topics.map(topicSection).join("\n\n")}
`;
}

function eventsOn(topic: Topic): readonly EventType[] {
  return types.filter((type) => topicOf(type) === topic);
}

/** The anchor that a heading gets on GitHub. */
function linked(type: EventType): string {
  return `[${type}](#${type.replaceAll(".", "")})`;
}

function topicSection(topic: Topic): string {
  const note = notes[topic];
  return [`## Topic ${topic}`, ...(note === undefined ? [] : [note]), ...eventsOn(topic).map(eventSection)].join("\n\n");
}

function eventSection(type: EventType): string {
  const head = `### ${type}\n\n\`${wireType(type)}\` · [JSON Schema](../../schemas/events/${type}.json)`;
  const same = types.find((other) => catalogue[other].data === catalogue[type].data)!;
  return `${head}\n\n${same === type ? fieldTable(type) : `The fields of ${linked(same)}.`}`;
}

function fieldTable(type: EventType): string {
  const filled = Object.keys(fillData(type, {}, { id: "", source: "", time: "" }));
  const rows = fieldsOf(dataSchema(type) as Schema).map(
    ({ path, schema, isRequired }) =>
      `| \`${path}\` | ${typeName(schema)} | ${filled.includes(path) ? "filled" : isRequired ? "yes" : fallback(schema)} |`,
  );
  return ["| field | type | required |", "|---|---|---|", ...rows].join("\n");
}

type Field = { readonly path: string; readonly schema: Schema; readonly isRequired: boolean };

/** Every field, those inside lists and objects too. */
function fieldsOf({ properties = {}, required = [] }: Schema, lead = ""): readonly Field[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const path = `${lead}${name}`;
    const inner = schema.items?.properties === undefined ? fieldsOf(schema, `${path}.`) : fieldsOf(schema.items, `${path}[].`);
    return [{ path, schema, isRequired: required.includes(name) }, ...inner];
  });
}

function fallback(schema: Schema): string {
  return schema.default === undefined ? "no" : `\`${JSON.stringify(schema.default)}\``;
}

function typeName(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(", ");
  if (schema.format === "date-time") return "time";
  if (schema.format === "date") return "day";
  if (schema.type === "array") return schema.items?.type === "object" ? "list of objects" : `list of ${typeName(schema.items ?? {})}`;
  if (schema.pattern?.startsWith("^[\\p{L}") === true) return "id";
  if (schema.type === undefined) return "any JSON";
  if (schema.type === "string") return "text";
  if (schema.type === "object" && typeof schema.additionalProperties === "object") return `map to ${typeName(schema.additionalProperties)}`;
  return [schema.type].flat().join(" or ");
}
