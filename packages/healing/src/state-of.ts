/** What a batch says of itself, for the record: the fields that the healer knows of, as they are in the world. Pure. */

import type { Healer } from "@kintsugi/config/model";
import type { Json, JsonObject } from "@kintsugi/ports/json";

/** A state is stored and sent before and after, and an event holds 64 KiB: what is longer than this is told by its size. */
const MAX_LISTED = 200;
const MAX_TEXT = 1_000;

export function stateOf(data: JsonObject, { fields }: Pick<Healer, "fields">): JsonObject {
  const names = [...Object.values(fields), "auto_completed", "auto_completed_reason", "healing_id"];
  return Object.fromEntries(names.flatMap((name) => (data[name] === undefined ? [] : [[name, inShort(data[name])]])));
}

function inShort(value: Json): Json {
  if (typeof value === "string") return value.length <= MAX_TEXT ? value : `${value.slice(0, MAX_TEXT).toWellFormed()}…`;
  if (Array.isArray(value)) return value.length <= MAX_LISTED ? value : { members: value.length };
  if (value === null || typeof value !== "object") return value;
  const size = Object.keys(value).length;
  return size <= MAX_LISTED ? value : { members: size };
}
