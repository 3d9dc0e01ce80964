/** JSON as Firestore's values and back. Firestore has no arrays in arrays and reserves some names; people's documents hold more than JSON. */

import type { Json, JsonObject } from "@kintsugi/ports/json";

export type FirestoreTime = { readonly seconds: string | number; readonly nanos: number };

/** One of these is set. */
export type Value = {
  readonly nullValue?: "NULL_VALUE";
  readonly booleanValue?: boolean;
  readonly integerValue?: string;
  readonly doubleValue?: number;
  readonly stringValue?: string;
  readonly bytesValue?: Uint8Array | string;
  readonly timestampValue?: FirestoreTime;
  readonly referenceValue?: string;
  readonly geoPointValue?: { readonly latitude: number; readonly longitude: number };
  readonly arrayValue?: { readonly values: Value[] };
  readonly mapValue?: { readonly fields: Record<string, Value> };
};

export type Fields = Record<string, Value>;

/** An array in an array is stored as a map with this one key. */
const ARRAY = "~array";
/** Firestore refuses empty names and `__…__`; a leading tilde keeps these apart from those that had one. */
const RESERVED = /^(?:$|__.*__$|~)/s;

export function toFields(value: JsonObject): Fields {
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([name, inner]) => [storedName(name), encode(inner!, false)]));
}

export function storedName(name: string): string {
  return RESERVED.test(name) ? `~${name}` : name;
}

function encode(value: Json, insideArray: boolean): Value {
  if (value === null) return { nullValue: "NULL_VALUE" };
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { booleanValue: value };
  if (typeof value === "number") return encodeNumber(value);
  if (!Array.isArray(value)) return { mapValue: { fields: toFields(value as JsonObject) } };
  const list: Value = { arrayValue: { values: value.map((item: Json) => encode(item, true)) } };
  return insideArray ? { mapValue: { fields: { [ARRAY]: list } } } : list;
}

function encodeNumber(value: number): Value {
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? { integerValue: String(value) } : { doubleValue: value };
}

export function fromFields(fields: Readonly<Record<string, Value>>): JsonObject {
  return Object.fromEntries(Object.entries(fields).map(([name, inner]) => [name.startsWith("~") ? name.slice(1) : name, decode(inner)]));
}

/** Times become RFC 3339, bytes base64, references their path; what JSON cannot say becomes null. */
function decode(value: Value): Json {
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.booleanValue !== undefined) return value.booleanValue;
  if (value.integerValue !== undefined) return decodeInteger(value.integerValue);
  if (value.doubleValue !== undefined) return Number.isFinite(value.doubleValue) ? value.doubleValue : null;
  if (value.arrayValue !== undefined) return value.arrayValue.values.map(decode);
  if (value.mapValue !== undefined) return decodeMap(value.mapValue.fields);
  return decodeOther(value);
}

function decodeInteger(text: string): Json {
  return Number.isSafeInteger(Number(text)) ? Number(text) : text;
}

function decodeMap(fields: Readonly<Record<string, Value>>): Json {
  const list = fields[ARRAY];
  return list !== undefined && Object.keys(fields).length === 1 ? decode(list) : fromFields(fields);
}

function decodeOther({ timestampValue, bytesValue, referenceValue, geoPointValue }: Value): Json {
  if (timestampValue !== undefined) return new Date(msOf(timestampValue)).toISOString();
  if (bytesValue !== undefined) return typeof bytesValue === "string" ? bytesValue : Buffer.from(bytesValue).toString("base64");
  if (referenceValue !== undefined) return referenceValue.replace(/^projects\/[^/]+\/databases\/[^/]+\/documents\//, "");
  return geoPointValue === undefined ? null : { latitude: geoPointValue.latitude, longitude: geoPointValue.longitude };
}

function msOf({ seconds, nanos }: FirestoreTime): number {
  return Number(seconds) * 1_000 + Math.floor(nanos / 1e6);
}

export function timeOf(ms: number): FirestoreTime {
  const seconds = Math.floor(ms / 1_000);
  return { seconds, nanos: Math.round((ms - seconds * 1_000) * 1e6) };
}
