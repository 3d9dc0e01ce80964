/** JSON in Firestore and back. Firestore has no arrays in arrays and reserves some names; people's documents hold more than JSON. */

import type { Json, JsonObject } from "@kintsugi/ports/json";

/** An array in an array is stored as a map with this one key. */
const ARRAY = "~array";
/** Firestore refuses empty names and `__…__`; a leading tilde keeps these apart from those that had one. */
const RESERVED = /^(?:$|__.*__$|~)/s;

/** For documents of ours; people's own are plain already. */
export function toFirestore(value: JsonObject): JsonObject {
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([name, inner]) => [RESERVED.test(name) ? `~${name}` : name, encode(inner!, false)]));
}

function encode(value: Json, insideArray: boolean): Json {
  if (value === null || typeof value !== "object") return value;
  if (!Array.isArray(value)) return toFirestore(value as JsonObject);
  const items = value.map((item: Json) => encode(item, true));
  return insideArray ? { [ARRAY]: items } : items;
}

export function fromFirestore(value: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.startsWith("~") ? name.slice(1) : name, decode(inner)]));
}

/** Times become RFC 3339, bytes base64, references their path; what JSON cannot say becomes null. */
function decode(value: unknown): Json {
  if (value === null || value === undefined || typeof value === "boolean" || typeof value === "string") return value ?? null;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (Array.isArray(value)) return value.map(decode);
  if (Buffer.isBuffer(value)) return value.toString("base64");
  if (typeof value !== "object") return null;
  if (isTimestamp(value)) return value.toDate().toISOString();
  if ("path" in value && typeof value.path === "string" && "firestore" in value) return value.path;
  if ("latitude" in value && "longitude" in value && "isEqual" in value)
    return { latitude: Number(value.latitude), longitude: Number(value.longitude) };
  const record = value as Readonly<Record<string, unknown>>;
  return ARRAY in record && Object.keys(record).length === 1 ? decode(record[ARRAY]) : fromFirestore(record);
}

function isTimestamp(value: object): value is { toDate(): Date } {
  return "toDate" in value && typeof value.toDate === "function";
}
