/** One batch at a time: what is asked for while one is at work forms the next. */

export type Batching<Item> = {
  /** Whether the next item still goes into a batch that has some. */
  readonly fits: (batch: readonly Item[], next: Item) => boolean;
};

type Waiting<Item, Result> = {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
};

/** @param work gives a result for each item, in their order */
export function microBatches<Item, Result>(
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
  { fits }: Batching<Item>,
): (item: Item) => Promise<Result> {
  const queue: Waiting<Item, Result>[] = [];
  let isAtWork = false;

  function nextBatch(): readonly Waiting<Item, Result>[] {
    const items: Item[] = [];
    while (items.length < queue.length && (items.length === 0 || fits(items, queue[items.length]!.item)))
      items.push(queue[items.length]!.item);
    return queue.splice(0, items.length);
  }

  async function workOff(): Promise<void> {
    isAtWork = true;
    while (queue.length > 0) {
      const batch = nextBatch();
      try {
        const results = await work(batch.map(({ item }) => item));
        for (const [index, { resolve }] of batch.entries()) resolve(results[index]!);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    isAtWork = false;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      queue.push({ item, resolve, reject });
      if (!isAtWork) void workOff();
    });
}
