import type { Healer } from "@kintsugi/config/healer";
import type { Document, Documents, ListQuery } from "@kintsugi/ports/documents";
import type { JsonObject } from "@kintsugi/ports/json";
import { expect, test } from "vitest";
import { readOpenBatches } from "./open-batches.ts";

const hour = 3_600_000;
const start = Date.parse("2026-02-05T20:00:00Z");
const healer = { name: "batch_cleanup", batches: "batches", fields: { done: "is_complete" } } as Healer;

/** Answers as Firestore can: what is false by its index, what is known by its id, two counts, and all else by reading everything. */
function firestore() {
  const batches = new Map<string, JsonObject>();
  const memory = new Map<string, JsonObject>();
  const reads: number[] = [];
  const documentOf = ([id, data]: readonly [string, JsonObject]): Document => ({ id, data, version: "1" });
  const list = async (_collection: string, query: ListQuery = {}): Promise<readonly Document[]> => {
    const { known = [], mayReadAll = true } = query;
    const all = [...batches].map(documentOf);
    const isOpen = ({ data }: Document): boolean => data["is_complete"] !== true;
    const found = all.filter(({ id, data }) => data["is_complete"] === false || (known.includes(id) && data["is_complete"] !== true));
    const isWhole = all.filter(isOpen).length === found.length;
    reads.push(2 + found.length + (isWhole || !mayReadAll ? 0 : all.length));
    return isWhole || !mayReadAll ? found : all.filter(isOpen);
  };
  const documents: Pick<Documents, "get" | "list"> = {
    list,
    get: async (_collection, id) => (memory.has(id) ? documentOf([id, memory.get(id)!]) : undefined),
  };
  return {
    batches,
    reads,
    /** Which are open, as a run at that time sees it. */
    async run(nowMs: number): Promise<readonly string[]> {
      const open = await readOpenBatches(documents, healer, nowMs);
      for (const write of open.writes) if (write.op === "set") memory.set(write.id, write.data);
      return open.documents.map(({ id }) => id);
    },
    remembered: () => [...memory.values()].map(({ ids }) => ids),
  };
}

function with2000Finished() {
  const store = firestore();
  for (let index = 0; index < 2_000; index++) store.batches.set(`done-${index}`, { is_complete: true });
  return store;
}

test("one batch without the field costs a read of all once, and then one more than none", async () => {
  const { batches, reads, run } = with2000Finished();
  batches.set("open", { is_complete: false });
  batches.set("unmarked", { expected: 5 });
  const times = [0, 0.25, 0.5, 0.75, 1, 24].map((hours) => start + hours * hour);
  for (const nowMs of times) expect([...(await run(nowMs))].sort()).toEqual(["open", "unmarked"]);
  expect(reads).toEqual([2_005, 4, 4, 4, 4, 4]);
});

test("where each has the field, nothing is remembered and never more is read than is open", async () => {
  const { batches, reads, run, remembered } = with2000Finished();
  batches.set("open", { is_complete: false });
  await run(start);
  await run(start + hour);
  expect(reads).toEqual([3, 3]);
  expect(remembered()).toEqual([]);
});

test("new ones without the field are looked for once an hour", async () => {
  const { batches, reads, run } = with2000Finished();
  const seen: number[] = [];
  for (let quarter = 0; quarter < 9; quarter++) {
    batches.set(`new-${quarter}`, {});
    seen.push((await run(start + (quarter * hour) / 4)).length);
  }
  expect(seen).toEqual([1, 1, 1, 1, 5, 5, 5, 5, 9]);
  expect(reads.filter((read) => read > 2_000)).toHaveLength(3);
});

test.for<[name: string, change: (batches: Map<string, JsonObject>) => unknown]>([
  ["finished", (batches) => batches.set("unmarked", { is_complete: true })],
  ["given the field", (batches) => batches.set("unmarked", { is_complete: false })],
  ["deleted", (batches) => batches.delete("unmarked")],
])("one that is %s meanwhile is remembered no more", async ([, change]) => {
  const { batches, run, remembered } = with2000Finished();
  batches.set("unmarked", {});
  batches.set("null", { is_complete: null });
  await run(start);
  expect(remembered()).toEqual([["unmarked", "null"]]);
  change(batches);
  await run(start + hour);
  expect(remembered()).toEqual([["null"]]);
});
