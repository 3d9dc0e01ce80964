/** Whether two settings are the same, however they are written: deploy tools turn numbers and booleans into text. Pure. */

import type { Json } from "@kintsugi/ports/json";

/** `"0"` is 0, and `"false"` is false; a setting that is not there is null, and no text. */
export function isSameSetting(one: Json, other: Json): boolean {
  const values = [scalarOf(one), scalarOf(other)];
  return values.includes(undefined) ? JSON.stringify(one) === JSON.stringify(other) : values[0] === values[1];
}

/** Numbers and booleans as themselves, also where they come as text; undefined for what is neither text nor one of these. */
function scalarOf(value: Json): string | number | boolean | undefined {
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  if (text.toLowerCase() === "true") return true;
  if (text.toLowerCase() === "false") return false;
  return /^[+-]?\d+(\.\d+)?$/.test(text) && Number.isSafeInteger(Math.trunc(Number(text))) ? Number(text) : value;
}
