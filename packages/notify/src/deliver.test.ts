import type { Change, Document, Documents, Write } from "@kintsugi/ports/documents";
import { Conflict, Failure } from "@kintsugi/ports/failure";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Manner, Wanted } from "./decide-delivery.ts";
import { deliver } from "./deliver.ts";
import type { Receiver, Telling } from "./receiver.ts";

/** What happens at a call: it works, it works and nobody hears of it, it does not work, or the message was deleted just before. */
type Luck = "works" | "unheard" | "lost" | "limited" | "refused" | "deleted";
type Stored = { readonly id: string; readonly key: string; text: string; isGone: boolean; readonly said: string[] };
type History = { readonly changes: readonly Wanted[]; readonly order: readonly (readonly number[])[]; readonly luck: readonly Luck[] };

const START_MS = 1_000_000;
const MAX_TURNS = 300;

function memory(): Documents {
  const stored = new Map<string, Document>();
  let writes = 0;
  function check(write: Write): void {
    const before = stored.get(write.id);
    if (write.op === "create" && before !== undefined) throw new Conflict(write.id);
    if (write.op !== "create" && write.version !== undefined && before?.version !== write.version) throw new Conflict(write.id);
  }
  return {
    get: async (_collection, id) => stored.get(id),
    getMany: async (_collection, ids) => ids.map((id) => stored.get(id)),
    list: async () => [...stored.values()],
    async commit({ writes: all }: Change) {
      for (const write of all) check(write);
      for (const write of all)
        if (write.op === "delete") stored.delete(write.id);
        else stored.set(write.id, { id: write.id, data: write.data, version: String(++writes) });
    },
    flush: async () => {},
    sweepOutbox: async () => [],
  };
}

/** A receiver whose calls go as luck has it, until there is no bad luck left. */
function open(luck: readonly Luck[], manner: Manner) {
  const left = [...luck];
  const messages: Stored[] = [];
  let deletions = 0;
  const mentions: string[] = [];
  const locate = (id: string): Stored => {
    const found = messages.find((message) => message.id === id && !message.isGone);
    if (found === undefined) throw new Failure("permanent", "message_not_found");
    return found;
  };
  async function call<T>(run: () => T): Promise<T> {
    const next = left.shift() ?? "works";
    if (next === "lost") throw new Failure("transient", "lost");
    if (next === "limited") throw new Failure("wait-until", "limited", { untilMs: 0 });
    if (next === "refused") throw new Failure("needs-human", "refused");
    const living = messages.find(({ isGone }) => !isGone);
    if (next === "deleted" && living !== undefined && manner === "edits") {
      living.isGone = true;
      deletions++;
    }
    const result = run();
    if (next === "unheard") throw new Failure("transient", "unheard");
    return result;
  }
  const receiver: Receiver = { notifier: "slack-notifier", name: "slack", manner, takesFirstVersion: true };
  const telling = (wanted: Wanted): Telling => ({
    receiver,
    key: "k",
    channel: "#c",
    wanted,
    calls: {
      post: ({ key, mention }) =>
        call(() => {
          const id = `m${messages.length}`;
          messages.push({ id, key, text: wanted.text, isGone: false, said: [] });
          if (mention) mentions.push(wanted.text);
          return { channel: "C", id };
        }),
      edit: ({ id }) => call(() => void (locate(id).text = wanted.text)),
      reply: ({ id }, { key, mention }) =>
        call(() => {
          locate(id).said.push(key);
          if (mention) mentions.push(key);
        }),
      async find(key, _since, within) {
        if (within !== undefined) return locate(within.id).said.includes(key) ? within : undefined;
        const found = messages.find((message) => message.key === key && !message.isGone);
        return found === undefined ? undefined : { channel: "C", id: found.id };
      },
    },
  });
  return { telling, messages, mentions, deletions: () => deletions, isCalm: () => left.length === 0 };
}

const luckOf = fc.constantFrom<Luck>("works", "works", "unheard", "lost", "limited", "refused", "deleted");
const changeOf = fc.record({
  post: fc.boolean(),
  isOver: fc.boolean(),
  isCritical: fc.boolean(),
  text: fc.constantFrom("a", "b", "c"),
  remarks: fc.array(fc.boolean(), { maxLength: 2 }),
});
const historyOf: fc.Arbitrary<History> = fc.array(changeOf, { minLength: 1, maxLength: 6 }).chain((given) => {
  const changes = given.map(({ isOver, remarks, ...rest }, index): Wanted => {
    const revision = index + 1;
    const said = remarks.map((aloud, place) => ({ key: `m:${revision}:${place}`, revision, text: "said", aloud, mayMention: true }));
    const ending = isOver ? ({ state: "resolved", change: "resolved" } as const) : ({ state: "open", change: "worse" } as const);
    return { ...rest, ...ending, messageKey: "m", revision, remarks: said };
  });
  const all = changes.map((_, index) => index);
  const order = fc.array(fc.shuffledSubarray(all, { minLength: 1 }), { maxLength: 4 }).map((batches) => [...batches, all]);
  return fc.record({ changes: fc.constant(changes), order, luck: fc.array(luckOf, { maxLength: 12 }) });
});

/** Brings each change until it is settled, as a bus does. */
async function play({ changes, order, luck }: History, manner: Manner) {
  const stage = open(luck, manner);
  const clock = { nowMs: START_MS };
  const parts = { documents: memory(), clock: { now: () => clock.nowMs, sleep: async () => {} } };
  const waiting = order.flat();
  let turns = 0;
  for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
    if (++turns > MAX_TURNS) throw new Error("it never ends");
    clock.nowMs += 100_000;
    const { status } = await deliver(parts, stage.telling(changes[index]!));
    if (status !== "done") waiting.push(index);
  }
  // As the last word comes again when all is calm: what was deleted meanwhile is noticed only when there is something to say.
  return { ...stage, living: stage.messages.filter(({ isGone }) => !isGone), last: changes.at(-1)! };
}

const RUNS = { numRuns: 1_000 };

test("whatever goes wrong in whatever order: one living message, no line twice, and nobody is called for nothing", async () => {
  await fc.assert(
    fc.asyncProperty(historyOf, async (history) => {
      const { messages, living, mentions, deletions } = await play(history, "edits");
      expect(living.length).toBeLessThanOrEqual(1);
      expect(messages.length).toBeLessThanOrEqual(1 + deletions());
      for (const { said } of messages) expect(new Set(said).size).toBe(said.length);
      const grave = history.changes.filter(({ isCritical, state }) => isCritical && state === "open");
      const reasons = grave.reduce((sum, { remarks }) => sum + 1 + remarks.length, 0);
      expect(mentions.length).toBeLessThanOrEqual(reasons);
    }),
    RUNS,
  );
});

test("nothing that is open stays untold, and people see what is so now", async () => {
  await fc.assert(
    fc.asyncProperty(historyOf, async (given) => {
      const history = { ...given, luck: given.luck.filter((luck) => luck !== "deleted") };
      const { living, last } = await play(history, "edits");
      const isToBeTold = last.post || living.length > 0;
      expect(living.map(({ text }) => text)).toEqual(isToBeTold ? [last.text] : []);
    }),
    RUNS,
  );
});

test("a receiver of every change gets each at most once where it is heard, and the last one", async () => {
  await fc.assert(
    fc.asyncProperty(historyOf, async (given) => {
      const history = { ...given, luck: given.luck.filter((luck) => luck !== "deleted") };
      const { messages, last } = await play(history, "posts-every-change");
      const keys = messages.map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
      const isTold = last.post || messages.length > 0;
      expect(messages.at(-1)?.text).toBe(isTold ? last.text : undefined);
    }),
    RUNS,
  );
});
