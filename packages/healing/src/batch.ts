/** Reads a batch document by the healer's field names. Pure. */

import type { Healer } from "@kintsugi/config/healer";
import { Id } from "@kintsugi/events/fields";
import { shorten } from "@kintsugi/events/shorten";
import type { JsonObject } from "@kintsugi/ports/json";
import { z } from "zod";

export type Batch = {
  readonly target: string;
  readonly expected: number;
  readonly completed: number;
  /** Settled without work, by reason; transient reasons are not among them. */
  readonly skipped: Readonly<Record<string, number>>;
  /** Completed + skipped. */
  readonly settled: number;
  /** Settled share, 0..1. */
  readonly share: number;
  /** Reasons that nobody has listed as permanent or transient. */
  readonly unclassified: readonly string[];
  readonly isDone: boolean;
  readonly createdMs: number;
  readonly updatedMs: number;
};

export type BatchRead = { readonly batch: Batch } | { readonly unreadable: string };

const Ids = z.array(z.string());
/** Who writes sentences as reasons has one for each member; an event cannot hold them all. */
const MAX_NAMED = 20;
const MAX_REASON = 100;

const Amount = z.number().nonnegative();
/** Seconds and milliseconds both reach to the year 5138: what is larger is in no unit that is known. */
const MAX_SECONDS = 1e11;
const Epoch = z
  .number()
  .positive()
  .lt(MAX_SECONDS * 1_000)
  .transform((value) => (value < MAX_SECONDS ? value * 1_000 : value));
const When = z.union([z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)), Epoch]);
const Skipped = z.union([Ids, z.record(z.string(), Amount), z.record(z.string(), z.string())]);

/** Of a batch whose completed members have documents of their own: their ids, and when one of them was touched last, epoch ms. */
export type Completions = { readonly ids: readonly string[]; readonly newestMs?: number };

/** @param completions where they do not stand in the batch itself */
export function readBatch(
  target: string,
  data: JsonObject,
  healer: Pick<Healer, "fields" | "reasons">,
  completions?: Completions,
): BatchRead {
  // Nothing heals off the record: what no event can name is left alone.
  if (!isNameable(target)) return { unreadable: "its id is too long, or has a character that no event may carry: rename it" };
  try {
    const members = membersOf(data, healer, completions?.ids);
    const times = timesOf(data, healer.fields);
    const updatedMs = Math.max(times.updatedMs, completions?.newestMs ?? 0);
    return { batch: { target, ...members, isDone: data[healer.fields.done] === true, ...times, updatedMs } };
  } catch (error) {
    if (error instanceof Unreadable) return { unreadable: error.message };
    throw error;
  }
}

type Members = Pick<Batch, "expected" | "completed" | "skipped" | "settled" | "share" | "unclassified">;

/** Of the documents below a batch. What one of them says in a form that is not known says nothing of when it was touched. */
export function completionsOf(
  below: readonly { readonly id: string; readonly data: JsonObject }[],
  { fields }: Pick<Healer, "fields">,
): Completions {
  const times = below.flatMap(({ data }) => When.safeParse(data[fields.updated] ?? data[fields.created]).data ?? []);
  return { ids: below.map(({ id }) => id), ...(times.length === 0 ? {} : { newestMs: Math.max(...times) }) };
}

function membersOf(
  data: JsonObject,
  { fields, reasons }: Pick<Healer, "fields" | "reasons">,
  completions: readonly string[] | undefined,
): Members {
  const expectedField = read(data, fields.expected, z.union([Amount, Ids]));
  if (expectedField === undefined) throw new Unreadable(`${fields.expected} is missing`);
  const members = Array.isArray(expectedField) ? new Set(expectedField) : undefined;
  const expected = members?.size ?? (expectedField as number);
  const completedField = completions ?? read(data, fields.completed, z.union([Ids, Amount])) ?? 0;
  const done = typeof completedField === "number" ? undefined : new Set(completedField.filter((id) => members?.has(id) ?? true));
  const completed = done?.size ?? (completedField as number);
  const { skipped, unclassified } = countSkips(read(data, fields.skipped, Skipped) ?? {}, { members, done, reasons });
  const settled = Math.min(completed + sum(Object.values(skipped)), Math.max(expected, completed));
  return { expected, completed, skipped, settled, share: expected === 0 ? 1 : settled / expected, unclassified };
}

function timesOf(data: JsonObject, fields: Healer["fields"]): Pick<Batch, "createdMs" | "updatedMs"> {
  const created = read(data, fields.created, When);
  const updated = read(data, fields.updated, When) ?? created;
  if (updated === undefined) throw new Unreadable(`neither ${fields.updated} nor ${fields.created} tells a time`);
  return { createdMs: created ?? updated, updatedMs: updated };
}

function read<T extends z.ZodType>(data: JsonObject, field: string, form: T): z.infer<T> | undefined {
  const parsed = form.optional().safeParse(data[field] ?? undefined);
  if (!parsed.success) throw new Unreadable(`${field} has a form that is not known`);
  return parsed.data;
}

/** Whether events can say this id or reason as it is. */
export function isNameable(name: string): boolean {
  return Id.safeParse(name).success;
}

class Unreadable extends Error {}

type SkipFacts = {
  readonly members: ReadonlySet<string> | undefined;
  readonly done: ReadonlySet<string> | undefined;
  readonly reasons: Healer["reasons"];
};

/** A list of ids, a map from id to reason, or a map from reason to count; a member that is done is not skipped besides. */
function countSkips(
  skips: z.infer<typeof Skipped>,
  { members, done, reasons }: SkipFacts,
): { skipped: Record<string, number>; unclassified: string[] } {
  const counts = new Map<string, number>();
  const isMember = (id: string): boolean => (members?.has(id) ?? true) && !(done?.has(id) ?? false);
  const count = (reason: string, amount: number): void => void counts.set(reason, (counts.get(reason) ?? 0) + amount);
  if (Array.isArray(skips)) for (const id of new Set(skips)) if (isMember(id)) count("skipped", 1);
  if (!Array.isArray(skips)) {
    for (const [name, value] of Object.entries(skips)) {
      if (typeof value === "number") count(name, value);
      else if (isMember(name)) count(value, 1);
    }
  }
  const settling = [...counts].filter(([reason, amount]) => amount > 0 && !reasons.transient.includes(reason));
  const unclassified = Array.isArray(skips)
    ? []
    : settling.map(([reason]) => reason).filter((reason) => !reasons.permanent.includes(reason));
  const named = unclassified.slice(0, MAX_NAMED).map((reason) => shorten(reason, MAX_REASON));
  return { skipped: Object.fromEntries(settling), unclassified: named };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
