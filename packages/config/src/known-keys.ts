/** Which keys may stand at a place of kintsugi.yaml, from the form itself. */

import { z } from "zod";
import { ConfigForm } from "./form.ts";

export function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  let at: z.ZodType = ConfigForm;
  for (const step of path) {
    const next = inner(at, String(step));
    if (next === undefined) return [];
    at = next;
  }
  return [...new Set(options(at).flatMap(keysOf))];
}

function keysOf(type: z.ZodType): readonly string[] {
  if (type instanceof z.ZodObject) return Object.keys(type.shape);
  return type instanceof z.ZodRecord && type.keyType instanceof z.ZodEnum ? type.keyType.options.map(String) : [];
}

function inner(type: z.ZodType, key: string): z.ZodType | undefined {
  for (const option of options(type)) {
    if (option instanceof z.ZodObject && Object.hasOwn(option.shape, key)) return option.shape[key] as z.ZodType;
    if (option instanceof z.ZodRecord) return option.valueType as z.ZodType;
    if (option instanceof z.ZodArray) return option.element as z.ZodType;
  }
  return undefined;
}

function options(type: z.ZodType): readonly z.ZodType[] {
  if (type instanceof z.ZodOptional || type instanceof z.ZodNullable) return options(type.unwrap() as z.ZodType);
  return type instanceof z.ZodUnion ? type.options.flatMap((option) => options(option as z.ZodType)) : [type];
}
