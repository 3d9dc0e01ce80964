/** What a batch says of itself, for the record: the fields that the healer knows of, as they are in the world. Pure. */

import type { Healer } from "@kintsugi/config/healer";
import { shorten } from "@kintsugi/events/shorten";
import type { Json, JsonObject } from "@kintsugi/ports/json";

/** A state is stored and sent before and after, has four lists or maps, and an event holds 64 KiB: what is longer than this is told by its size. */
const MAX_LISTED_BYTES = 4_000;
const MAX_TEXT = 1_000;

export function stateOf(data: JsonObject, { fields }: Pick<Healer, "fields">): JsonObject {
  const names = [...Object.values(fields), "auto_completed", "auto_completion_reason", "healing_id"];
  return Object.fromEntries(names.flatMap((name) => (data[name] === undefined ? [] : [[name, inShort(data[name])]])));
}

function inShort(value: Json): Json {
  if (typeof value === "string") return value.length <= MAX_TEXT ? value : `${shorten(value, MAX_TEXT)}…`;
  if (value === null || typeof value !== "object") return value;
  if (new TextEncoder().encode(JSON.stringify(value)).length <= MAX_LISTED_BYTES) return value;
  return { members: Array.isArray(value) ? value.length : Object.keys(value).length };
}
