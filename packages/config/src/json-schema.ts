/** kintsugi.yaml as a JSON Schema, for editors. */

import { z } from "zod";
import { WITH_VARIABLE } from "./environment.ts";
import { ConfigForm } from "./form.ts";
import { isHolder } from "./path.ts";
import { SECRET_REFERENCE } from "./secret-places.ts";

export function configJsonSchema(): object {
  const schema = z.toJSONSchema(ConfigForm, { io: "input", unrepresentable: "any" });
  return { ...(withVariables(schema) as object), title: "kintsugi.yaml" };
}

/** The form is that of the values; in the file a variable may stand for a text of any form, though not for a key. */
function withVariables(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withVariables);
  if (!isHolder(schema)) return schema;
  if (isFormedText(schema)) return { anyOf: [schema, { type: "string", pattern: WITH_VARIABLE.source }] };
  return Object.fromEntries(Object.entries(schema).map(([key, inner]) => [key, key === "propertyNames" ? inner : withVariables(inner)]));
}

function isFormedText(schema: Readonly<Record<PropertyKey, unknown>>): boolean {
  const isFormed = ["pattern", "allOf", "enum", "const"].some((key) => Object.hasOwn(schema, key));
  return schema["type"] === "string" && isFormed && schema["pattern"] !== SECRET_REFERENCE.source;
}
