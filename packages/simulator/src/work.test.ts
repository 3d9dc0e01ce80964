import { expect, test } from "vitest";
import type { Hindrance } from "./chaos.ts";
import { instanceWork, type Work } from "./work.ts";

type Given = { dies?: boolean; hindrance?: Hindrance };

function workWith({ dies = false, hindrance }: Given, hindered = new Map<number, number>()): Work {
  return instanceWork({ crashes: () => dies, hinders: () => hindrance }, hindered);
}

const event = (id: number) => ({ id, kind: "event", attempt: 1 }) as const;
const run = (id: number) => ({ id, kind: "run", attempt: 1 }) as const;
const calls = (work: Work, count: number): readonly (Hindrance | undefined)[] =>
  Array.from({ length: count }, () => work.hinders("documents", false));

test("a delivery is hindered three times, in whichever instance and in whichever way, and then spared", () => {
  const hindered = new Map<number, number>();
  const [one, other] = [workWith({ dies: true }, hindered), workWith({ dies: true, hindrance: "denied" }, hindered)];
  one.taken([event(1)]);
  expect([one.dies(), one.dies()]).toEqual([true, true]);
  other.taken([event(1)]);
  expect(other.hinders("documents", true)).toBe("denied");
  expect(other.dies()).toBe(false);
  other.done();
  other.taken([event(1)]);
  expect(other.hinders("documents", true)).toBeUndefined();
  other.done();
  other.taken([event(2)]);
  expect(other.hinders("documents", true)).toBe("denied");
});

test("what is settled meanwhile no longer counts", () => {
  const hindered = new Map([[1, 3]]);
  const work = workWith({ dies: true }, hindered);
  work.taken([event(1), event(2)]);
  expect(work.dies()).toBe(false);
  work.settled([1]);
  expect(work.dies()).toBe(true);
});

test("who has nothing in hand is not hindered: whoever asks waits for an answer", () => {
  expect(calls(workWith({ hindrance: "denied" }), 3)).toEqual([undefined, undefined, undefined]);
});

test.for<[hindrance: Hindrance, seen: readonly (Hindrance | undefined)[]]>([
  ["denied", ["denied", "denied", "denied", "denied"]],
  ["partial", ["partial", undefined, "partial", undefined]],
])("%s lasts until nothing is in hand", ([hindrance, seen]) => {
  const work = workWith({ hindrance });
  work.taken([event(1)]);
  expect(calls(work, 4)).toEqual(seen);
  work.done();
  expect(calls(work, 1)).toEqual([undefined]);
});

test("of calls that hang each is one of the three", () => {
  const work = workWith({ hindrance: "hang" });
  work.taken([event(1)]);
  expect(calls(work, 5)).toEqual(["hang", "hang", "hang", undefined, undefined]);
});

test("of a run only what it announces is hindered, once it has been decided", () => {
  const work = workWith({ hindrance: "denied" });
  work.taken([run(1)]);
  expect([work.hinders("documents", true), work.hinders("bus", true)]).toEqual([undefined, undefined]);
  work.decided();
  expect([work.hinders("documents", true), work.hinders("bus", true)]).toEqual([undefined, "denied"]);
});

test("a run that is decided anew is left alone meanwhile", () => {
  const work = workWith({ hindrance: "denied" });
  work.taken([run(1)]);
  work.decided();
  work.undecided();
  expect(work.hinders("bus", true)).toBeUndefined();
});

test("the user's tables, the history, the deployments and Slack are nobody's to hinder", () => {
  const work = workWith({ hindrance: "denied" });
  work.taken([event(1)]);
  expect((["slack", "history", "deployments"] as const).map((port) => work.hinders(port, true))).toEqual([undefined, undefined, undefined]);
  expect(work.hinders("warehouse", false)).toBeUndefined();
  expect(work.hinders("warehouse", true)).toBe("denied");
});
