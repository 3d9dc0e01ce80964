import { expect, test } from "vitest";
import type { Wanted, WantedRemark } from "./decide-delivery.ts";
import { merge, mergeKey } from "./merge-tellings.ts";
import type { Receiver, Telling } from "./receiver.ts";

const receiver: Receiver = { notifier: "slack-notifier", name: "slack", manner: "edits", takesFirstVersion: false };
const remark = (revision: number): WantedRemark => ({ key: `m:${revision}`, revision, text: "said", aloud: true, mayMention: true });

function telling(revision: number, change: Partial<Wanted> = {}, manner: Receiver["manner"] = "edits"): Telling {
  const wanted: Wanted = {
    messageKey: "m",
    revision,
    post: true,
    state: "open",
    isCritical: false,
    change: "updated",
    text: `text ${revision}`,
    remarks: [remark(revision)],
    ...change,
  };
  return { receiver: { ...receiver, manner }, key: "k", channel: "#c", wanted, calls: {} as Telling["calls"] };
}

test("the latest wins in whatever order they come, and what was remarked with each is said once", () => {
  for (const [one, other] of [
    [telling(2), telling(3)],
    [telling(3), telling(2)],
  ] as const)
    expect(merge(merge(one, other), telling(2)).wanted).toMatchObject({ revision: 3, text: "text 3", remarks: [remark(2), remark(3)] });
});

test("an update hides no news, and news hides older news", () => {
  expect(merge(telling(2, { change: "worse" }), telling(3)).wanted.change).toBe("worse");
  expect(merge(telling(2, { change: "worse" }), telling(3, { change: "resolved", state: "resolved" })).wanted.change).toBe("resolved");
});

test("changes of one message wait as one; a receiver of every change gets each", () => {
  expect([mergeKey(telling(2)), mergeKey(telling(3))]).toEqual(["m", "m"]);
  expect([mergeKey(telling(2, {}, "posts-every-change")), mergeKey(telling(3, {}, "posts-every-change"))]).toEqual(["m:2", "m:3"]);
});
