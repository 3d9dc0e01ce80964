/** What every document store must do. */

import { type Documents, type Write } from "@kintsugi/ports/documents";
import { Conflict } from "@kintsugi/ports/failure";
import { beforeAll, describe, expect, test } from "vitest";

export type Opened = {
  readonly documents: Documents;
  /** Data of all messages that have reached the bus so far, of one topic of the test's own. */
  published(): Promise<readonly string[]>;
};

export function documentsContract(name: string, open: () => Promise<Opened>): void {
  describe(`documents: ${name}`, () => {
    let documents: Documents;
    let published: Opened["published"];
    let sequence = 0;
    const fresh = (): string => `kintsugi_test_${++sequence}`;
    const commit = (...writes: Write[]): Promise<void> => documents.commit({ writes, publish: [], outbox: `change-${++sequence}` });

    beforeAll(async () => {
      ({ documents, published } = await open());
    });

    test("what is not there is undefined, and a collection that is not there is empty", async () => {
      const collection = fresh();
      expect(await documents.get(collection, "a")).toBeUndefined();
      expect(await documents.getMany(collection, ["a", "b"])).toEqual([undefined, undefined]);
      expect(await documents.getMany(collection, [])).toEqual([]);
      expect(await documents.list(collection)).toEqual([]);
    });

    test("a document comes back as it was stored, whatever JSON it holds", async () => {
      const collection = fresh();
      const data = {
        text: "ü 🏀 \u0000",
        integer: 9_007_199_254_740_991,
        fraction: 0.1,
        no: null,
        yes: true,
        empty: {},
        list: [],
        nested: [[1, [2]], [], { deep: [[{ er: [["x"]] }]] }],
        "": "empty name",
        __reserved__: 1,
        "~tilde": { "~~": 1, "a.b": 2, "`": 3 },
      };
      await commit({ op: "set", collection, id: "a", data });
      expect((await documents.get(collection, "a"))?.data).toEqual(data);
    });

    test("a collection below a document is a collection of its own", async () => {
      const batches = `batches-${fresh()}`;
      const below = `${batches}/b1/completions`;
      await commit(
        { op: "set", collection: batches, id: "b1", data: { n: 0 } },
        { op: "set", collection: below, id: "p1", data: { n: 1 } },
      );
      expect((await documents.get(below, "p1"))?.data).toEqual({ n: 1 });
      expect((await documents.list(below)).map(({ id }) => id)).toEqual(["p1"]);
      expect((await documents.list(batches)).map(({ id }) => id)).toEqual(["b1"]);
      expect(await documents.list(`${batches}/b2/completions`)).toEqual([]);
    });

    test.for(["a/b", "..", ".", "__x__", "50%", "%2F", "ü", "x y", "#", "pattern:a/b~c"])("any text is an id: %s", async (id) => {
      const collection = fresh();
      await commit({ op: "set", collection, id, data: { id } });
      expect((await documents.get(collection, id))?.id).toBe(id);
      expect((await documents.getMany(collection, [id])).map((found) => found?.id)).toEqual([id]);
      expect((await documents.list(collection)).map((found) => found.id)).toEqual([id]);
      await commit({ op: "delete", collection, id });
      expect(await documents.list(collection)).toEqual([]);
    });

    test("create is for the first alone", async () => {
      const collection = fresh();
      const results = await Promise.allSettled(
        [1, 2, 3, 4, 5].map((value) => commit({ op: "create", collection, id: "a", data: { value } })),
      );
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      const losers = results.filter((result) => result.status === "rejected").map(({ reason }) => reason as unknown);
      expect(losers.every((reason) => reason instanceof Conflict)).toBe(true);
    });

    test("set replaces the whole document, merge only the named fields", async () => {
      const collection = fresh();
      await commit({ op: "set", collection, id: "a", data: { one: { x: 1 }, two: 2 } });
      await commit({ op: "merge", collection, id: "a", data: { one: { y: 1 } } });
      expect((await documents.get(collection, "a"))?.data).toEqual({ one: { y: 1 }, two: 2 });
      await commit({ op: "set", collection, id: "a", data: { three: 3 } });
      expect((await documents.get(collection, "a"))?.data).toEqual({ three: 3 });
      await commit({ op: "merge", collection, id: "new", data: { "a.b": 1 } });
      expect((await documents.get(collection, "new"))?.data).toEqual({ "a.b": 1 });
    });

    test("delete with a version holds only for that version", async () => {
      const collection = fresh();
      await commit({ op: "set", collection, id: "a", data: { by: "first" } });
      const { version } = (await documents.get(collection, "a"))!;
      await commit({ op: "set", collection, id: "a", data: { by: "second" } });
      await expect(commit({ op: "delete", collection, id: "a", version })).rejects.toBeInstanceOf(Conflict);
      const again = (await documents.get(collection, "a"))!;
      await commit({ op: "delete", collection, id: "a", version: again.version });
      expect(await documents.get(collection, "a")).toBeUndefined();
    });

    test.for(["set", "merge"] as const)("%s with a version holds only for that version", async (op) => {
      const collection = fresh();
      await commit({ op: "set", collection, id: "a", data: { by: "first", kept: 1 } });
      const read = (await documents.get(collection, "a"))!;
      await commit({ op, collection, id: "a", data: { by: "second" }, version: read.version });
      await expect(commit({ op, collection, id: "a", data: { by: "third" }, version: read.version })).rejects.toBeInstanceOf(Conflict);
      expect((await documents.get(collection, "a"))?.data).toEqual(op === "set" ? { by: "second" } : { by: "second", kept: 1 });
      const again = (await documents.get(collection, "a"))!;
      expect(again.version).not.toBe(read.version);
      await commit({ op: "delete", collection, id: "a" });
      await expect(commit({ op, collection, id: "a", data: { by: "fourth" }, version: again.version })).rejects.toBeInstanceOf(Conflict);
    });

    test("a commit is all or nothing, what it publishes included", async () => {
      const collection = fresh();
      await commit({ op: "create", collection, id: "taken", data: {} });
      const message = { topic: "runs", attributes: { a: "1" }, data: Buffer.from(`never-${collection}`) };
      const change = {
        writes: [
          { op: "set", collection, id: "other", data: {} },
          { op: "create", collection, id: "taken", data: {} },
        ] as const,
        publish: [message],
        outbox: `never-${collection}`,
      };
      await expect(documents.commit(change)).rejects.toBeInstanceOf(Conflict);
      await documents.flush(change.outbox);
      expect(await documents.get(collection, "other")).toBeUndefined();
      expect(await published()).not.toContain(`never-${collection}`);
    });

    test("what a change and its parts publish reaches the bus with the flush, and a second flush adds nothing", async () => {
      const texts = Array.from({ length: 12 }, (_, index) => `told-${++sequence}-${index}`);
      const publish = texts.map((text) => ({ topic: "runs", attributes: { "ce-id": text }, data: Buffer.from(text) }));
      const outbox = `told-${++sequence}`;
      await documents.commit({ writes: [], publish: publish.slice(0, 3), outbox: `${outbox}~part` });
      await documents.commit({ writes: [{ op: "set", collection: fresh(), id: "a", data: {} }], publish: publish.slice(3), outbox });
      await documents.flush(outbox);
      await documents.flush(outbox);
      const seen = await published();
      expect(seen.filter((text) => texts.includes(text)).sort()).toEqual([...texts].sort());
    });

    test("when a document may go is no part of its data, and leaves a field of that name alone", async () => {
      const collection = fresh();
      const expiresMs = Date.now() + 3_600_000;
      const seen = async (id: string): Promise<unknown> => (await documents.get(collection, id))?.data;
      await commit(
        { op: "create", collection, id: "created", data: { a: 1 }, expiresMs },
        { op: "set", collection, id: "own", data: { expires: "2026-12-01T00:00:00Z" }, expiresMs },
        { op: "merge", collection, id: "merged", data: { a: 1 }, expiresMs },
      );
      await commit({ op: "merge", collection, id: "created", data: { b: 2 } });
      await commit({ op: "merge", collection, id: "own", data: { expires: 5 } });
      expect(await seen("created")).toEqual({ a: 1, b: 2 });
      expect(await seen("own")).toEqual({ expires: 5 });
      expect(await seen("merged")).toEqual({ a: 1 });
    });

    test("deleting what is not there is no error", async () => {
      await expect(commit({ op: "delete", collection: fresh(), id: "a" })).resolves.toBeUndefined();
    });

    test("a list is in the order of ids, between bounds, and limited", async () => {
      const collection = fresh();
      await commit(...["d", "a", "c", "b"].map((id) => ({ op: "set", collection, id, data: { id } }) as const));
      const ids = async (query: Parameters<Documents["list"]>[1]): Promise<readonly string[]> =>
        (await documents.list(collection, query)).map(({ id }) => id);
      expect(await ids({})).toEqual(["a", "b", "c", "d"]);
      expect(await ids({ from: "b" })).toEqual(["b", "c", "d"]);
      expect(await ids({ to: "c" })).toEqual(["a", "b"]);
      expect(await ids({ from: "b", to: "d", limit: 1 })).toEqual(["b"]);
    });

    test("unlessTrue leaves out what is true, and nothing else", async () => {
      const collection = fresh();
      const values = { absent: {}, no: { done: false }, nothing: { done: null }, text: { done: "true" }, yes: { done: true } };
      await commit(...Object.entries(values).map(([id, data]) => ({ op: "set", collection, id, data }) as const));
      const left = async (): Promise<readonly string[]> => (await documents.list(collection, { unlessTrue: "done" })).map(({ id }) => id);
      expect(await left()).toEqual(["absent", "no", "nothing", "text"]);
      await commit(...["absent", "nothing", "text"].map((id) => ({ op: "delete", collection, id }) as const));
      expect(await left()).toEqual(["no"]);
    });
  });
}
