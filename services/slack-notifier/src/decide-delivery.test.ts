import { expect, test } from "vitest";
import { decideDelivery, type Delivery, type Notification, type Wanted } from "./decide-delivery.ts";

const wanted: Wanted = { revision: 3, post: true, text: "🔴 red: raw fails", thread: undefined };
const address = { channel: "C1", ts: "1.000001" };
const posted: Notification = { key: "k", channel: "#c", posted: 2, address, text: "🟡 yellow: raw fails" };
const begun: Notification = { key: "k", channel: "#c", posted: 0, attemptedMs: 1_000 };

test.for<[name: string, before: Notification | undefined, wanted: Partial<Wanted>, expected: Delivery]>([
  ["nothing was told: post", undefined, {}, { action: "post", reason: "new" }],
  ["nothing was told, and nobody is to be told: drop", undefined, { post: false }, { action: "drop", reason: "not-to-be-told" }],
  ["a post was begun, and may have arrived: look first", begun, {}, { action: "look-up", reason: "ambiguous" }],
  [
    "a post was begun, and nobody is to be told any more: look all the same",
    begun,
    { post: false },
    { action: "look-up", reason: "ambiguous" },
  ],
  ["a newer one was not to be told: drop", { key: "k", channel: "#c", posted: 4 }, {}, { action: "drop", reason: "older" }],
  ["an older one was not to be told, and this one is: post", { key: "k", channel: "#c", posted: 2 }, {}, { action: "post", reason: "new" }],
  ["people see another text: edit", posted, {}, { action: "edit", reason: "changed" }],
  ["people see this text already: drop", { ...posted, text: wanted.text }, {}, { action: "drop", reason: "says-the-same" }],
  ["it was posted, and is explained by another now: edit", posted, { post: false }, { action: "edit", reason: "changed" }],
  [
    "a line for the thread: say it, even if the text is the same",
    { ...posted, text: wanted.text },
    { thread: "still open" },
    { action: "edit", reason: "reminder" },
  ],
  [
    "a line for the thread of what was never posted, and is not to be told: drop",
    undefined,
    { post: false, thread: "still open" },
    { action: "drop", reason: "not-to-be-told" },
  ],
  ["people see this revision: drop", { ...posted, posted: 3 }, {}, { action: "drop", reason: "older" }],
  ["people see a newer revision: drop", { ...posted, posted: 4 }, { thread: "still open" }, { action: "drop", reason: "older" }],
])("%s", ([, before, change, expected]) => {
  expect(decideDelivery(before, { ...wanted, ...change })).toEqual(expected);
});
