import { expect, test } from "vitest";
import { decideDelivery, type Manner, type Step, type Wanted, type WantedRemark } from "./decide-delivery.ts";
import { type DeliveryEntry, newEntry } from "./delivery-entry.ts";

const NOW_MS = 100_000;
const address = { channel: "C1", id: "1.1" };
const untold = newEntry({ notifier: "slack-notifier", receiver: "slack", key: "k", channel: "#c", messageKey: "m" });
const told: DeliveryEntry = { ...untold, settled: 2, tried: 2, first: 1, address, text: "before", state: "open" };
const begun: DeliveryEntry = { ...untold, tried: 3, attempts: [{ key: "m", sinceMs: 1_000, revision: 3 }] };
const { address: _address, ...gone } = told;

const wanted: Wanted = {
  messageKey: "m",
  revision: 3,
  post: true,
  state: "open",
  isCritical: false,
  change: "updated",
  text: "now",
  remarks: [],
};
const aloud: WantedRemark = { key: "m:3", revision: 3, text: "worse", aloud: true, mayMention: true };
const quiet: WantedRemark = { ...aloud, aloud: false };
const over = { state: "resolved", change: "resolved" } as const;

const post = (mention = false, key = "m") => ({ kind: "post", key, mention });
const reply = (remark: WantedRemark, isAloud: boolean, mention = false) => ({ kind: "reply", key: remark.key, remark, isAloud, mention });
const found = { action: "look-up", reason: "ambiguous", sinceMs: 1_000 };

type Row = readonly [name: string, entry: DeliveryEntry, wanted: Partial<Wanted>, expected: object, manner?: Manner];

test.for<Row>([
  ["nothing was told: posted", untold, {}, { action: "call", reason: "new", call: post() }],
  ["something critical was not told: posted, and people are called", untold, { isCritical: true }, { action: "call", call: post(true) }],
  ["nobody is to be told: settled without a word", untold, { post: false }, { action: "settle", reason: "not-to-be-told" }],
  ["it is over, and was never told: posted once, calling nobody", untold, { ...over, isCritical: true }, { action: "call", call: post() }],
  ["a post was begun: looked for first", begun, {}, { ...found, call: post() }],
  ["a post was begun, and nobody is to be told any more: looked for all the same", begun, { post: false }, found],
  ["a newer one is settled: dropped", { ...untold, settled: 4 }, {}, { action: "drop", reason: "older" }],
  ["the same one is settled: dropped", { ...told, settled: 3 }, {}, { action: "drop", reason: "older" }],
  ["a newer one was tried: left to it", { ...untold, tried: 4 }, {}, { action: "drop", reason: "superseded" }],
  ["people see another text: edited", told, {}, { action: "edit", reason: "changed" }],
  [
    "people see what was so 4 s ago: it waits for what comes next",
    { ...told, editedMs: NOW_MS - 4_000 },
    {},
    { action: "wait", reason: "edited-lately", untilMs: NOW_MS + 6_000 },
  ],
  ["it spreads, and was edited 4 s ago: it waits", { ...told, editedMs: NOW_MS - 4_000 }, { change: "spread" }, { action: "wait" }],
  ["it was edited 10 s ago: edited", { ...told, editedMs: NOW_MS - 10_000 }, {}, { action: "edit" }],
  ["it is worse, and was edited just now: edited at once", { ...told, editedMs: NOW_MS }, { change: "worse" }, { action: "edit" }],
  ["it is over, and was edited just now: edited at once", { ...told, editedMs: NOW_MS }, over, { action: "edit" }],
  ["somebody has it, and it was edited just now: edited", { ...told, editedMs: NOW_MS }, { change: "acknowledged" }, { action: "edit" }],
  ["it was edited by a clock that was ahead: edited", { ...told, editedMs: NOW_MS + 90_000 }, {}, { action: "edit" }],
  ["people see this text: settled", { ...told, text: "now" }, {}, { action: "settle", reason: "says-the-same" }],
  ["it was told, and is explained by another now: edited", told, { post: false }, { action: "edit" }],
  ["it was told, and is over: edited", told, over, { action: "edit" }],
  ["it is to be edited and remarked: edited first", told, { remarks: [aloud] }, { action: "edit" }],
  ["a remark: said in the thread", { ...told, text: "now" }, { remarks: [quiet] }, { action: "call", call: reply(quiet, false) }],
  ["a remark aloud: shown in the channel", { ...told, text: "now" }, { remarks: [aloud] }, { action: "call", call: reply(aloud, true) }],
  [
    "a remark aloud about something critical: calls people",
    { ...told, text: "now" },
    { remarks: [aloud], isCritical: true },
    { call: reply(aloud, true, true) },
  ],
  [
    "a reminder about something critical: calls nobody",
    { ...told, text: "now" },
    { remarks: [{ ...aloud, mayMention: false }], isCritical: true },
    { call: { mention: false } },
  ],
  [
    "a remark aloud about what is not told by itself: in the thread alone",
    { ...told, text: "now" },
    { remarks: [aloud], post: false, isCritical: true },
    { call: reply(aloud, false) },
  ],
  [
    "a remark about what is over: calls nobody",
    { ...told, text: "now" },
    { remarks: [aloud], isCritical: true, ...over },
    { call: { mention: false } },
  ],
  ["a remark that was said: not said again", { ...told, text: "now", said: ["m:3"] }, { remarks: [aloud] }, { action: "settle" }],
  [
    "a remark that was part of the post: not said",
    { ...told, text: "now" },
    { remarks: [{ ...aloud, key: "m:1", revision: 1 }] },
    { action: "settle" },
  ],
  [
    "a remark that may have arrived: looked for",
    { ...told, text: "now", attempts: [{ key: "m:3", sinceMs: 1_000 }] },
    { remarks: [aloud] },
    { ...found, call: reply(aloud, true) },
  ],
  [
    "an older one with a remark aloud: it is heard",
    { ...told, settled: 4, tried: 4 },
    { remarks: [aloud] },
    { action: "call", reason: "late-remark", call: reply(aloud, true) },
  ],
  ["an older one with a quiet remark: dropped", { ...told, settled: 4 }, { remarks: [quiet] }, { action: "drop" }],
  [
    "an older one with a remark aloud of what is over: dropped",
    { ...told, settled: 4, state: "resolved" },
    { remarks: [aloud] },
    { action: "drop" },
  ],
  ["the message is gone: posted anew", gone, {}, { action: "call", reason: "gone", call: post() }],
  ["the message is gone, and it is over: left so", gone, over, { action: "settle", reason: "gone" }],
  ["the message is gone, and nobody is to be told: left so", gone, { post: false }, { action: "settle", reason: "gone" }],
  ["no edits, a quiet change: left out", told, {}, { action: "settle", reason: "quiet" }, "posts-news"],
  ["no edits, worse: a post", told, { change: "worse" }, { action: "call", reason: "news", call: post(false, "m:3") }, "posts-news"],
  ["no edits, a remark aloud: a post", told, { remarks: [aloud] }, { action: "call", call: post(false, "m:3") }, "posts-news"],
  [
    "no edits, a reminder about something critical: a post that calls nobody",
    told,
    { change: "reminder", isCritical: true },
    { call: post(false, "m:3") },
    "posts-news",
  ],
  [
    "no edits, worse and critical: a post that calls people",
    told,
    { change: "worse", isCritical: true, remarks: [aloud] },
    { call: post(true, "m:3") },
    "posts-news",
  ],
  ["no edits, over: a post", told, { ...over, post: false }, { action: "call", call: post(false, "m:3") }, "posts-news"],
  ["no edits, over again: left out", { ...told, state: "resolved" }, over, { action: "settle", reason: "quiet" }, "posts-news"],
  [
    "no edits, a post that may have arrived: looked for",
    { ...told, attempts: [{ key: "m:3", sinceMs: 1_000 }] },
    { change: "worse" },
    found,
    "posts-news",
  ],
  ["every change, a quiet one: a post", told, { post: false }, { action: "call", call: post(false, "m:3") }, "posts-every-change"],
  ["every change, nobody was to be told yet: settled", untold, { post: false }, { action: "settle" }, "posts-every-change"],
])("%s", ([, entry, change, expected, manner = "edits"]) => {
  expect(decideDelivery(entry, { ...wanted, ...change }, manner, NOW_MS)).toMatchObject(expected satisfies Partial<Step> | object);
});
