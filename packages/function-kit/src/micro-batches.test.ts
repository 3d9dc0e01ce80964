import { expect, test } from "vitest";
import { microBatches } from "./micro-batches.ts";

/** Batches that end when they are told to. */
function gated(max = 100) {
  const seen: number[][] = [];
  const ends: (() => void)[] = [];
  const work = async (items: readonly number[]): Promise<readonly number[]> => {
    seen.push([...items]);
    await new Promise<void>((resolve) => void ends.push(resolve));
    if (items.includes(13)) throw new Error("not this one");
    return items.map((item) => item * 10);
  };
  const ask = microBatches<number, number>(work, { fits: (batch) => batch.length < max });
  const end = async (): Promise<void> => {
    ends.shift()!();
    await new Promise(setImmediate);
  };
  return { ask, seen, end };
}

test("what is asked for while a batch is at work forms the next, and each gets its own answer", async () => {
  const { ask, seen, end } = gated();
  const answers = Promise.all([1, 2, 3].map((item) => ask(item)));
  await end();
  await end();
  expect(await answers).toEqual([10, 20, 30]);
  expect(seen).toEqual([[1], [2, 3]]);
});

test("a batch takes what fits, and the rest forms the one after it", async () => {
  const { ask, seen, end } = gated(2);
  const answers = Promise.all([1, 2, 3, 4].map((item) => ask(item)));
  for (let batch = 0; batch < 3; batch++) await end();
  expect(await answers).toEqual([10, 20, 30, 40]);
  expect(seen).toEqual([[1], [2, 3], [4]]);
});

test("a batch that fails fails for those in it alone", async () => {
  const { ask, end } = gated();
  const answers = Promise.allSettled([ask(13), ask(1)]);
  await end();
  await end();
  expect((await answers).map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
});
