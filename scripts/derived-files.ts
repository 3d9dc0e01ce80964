/** Everything in schemas/, derived from the definitions in the code. Pure. */

import { configJsonSchema } from "@kintsugi/config/json-schema";
import { catalogue } from "@kintsugi/events/catalogue";
import { wireType, topicOf } from "@kintsugi/events/wire";
import { ledgerTables } from "@kintsugi/ledger/tables";
import { z } from "zod";

/** Path in the project to text. */
export function derivedFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, unknown>([["schemas/kintsugi.schema.json", configJsonSchema()]]);
  for (const [type, { data }] of Object.entries(catalogue)) {
    const name = type as keyof typeof catalogue;
    const schema = {
      ...z.toJSONSchema(data, { io: "input" }),
      title: wireType(name),
      description: `Data of ${type}, on topic ${topicOf(name)}`,
    };
    files.set(`schemas/events/${type}.json`, schema);
  }
  for (const { name, schema } of ledgerTables) files.set(`schemas/bigquery/${name}.json`, schema);
  return new Map([...files].map(([path, value]) => [path, `${JSON.stringify(value, null, 2)}\n`]));
}
