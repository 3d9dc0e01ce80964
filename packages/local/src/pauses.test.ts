import type { Config } from "@kintsugi/config/model";
import type { Document, Documents } from "@kintsugi/ports/documents";
import type { JsonObject } from "@kintsugi/ports/json";
import { expect, test } from "vitest";
import { readPauses } from "./pauses.ts";

const healers = [{ name: "closing" }, { name: "retrying" }] as unknown as Config["healers"];
const stored = (words: readonly JsonObject[]): Pick<Documents, "list"> => ({
  list: async () => words.map((data, index): Document => ({ id: String(index), data, version: "1" })),
});
const said = (more: JsonObject): JsonObject => ({ isPaused: true, atMs: 10, actor: "ann", reason: "migration", key: "k", ...more });

test.for<[name: string, words: readonly JsonObject[], paused: readonly string[]]>([
  ["nobody has said anything", [], []],
  ["one healer is paused", [said({ healer: "closing" })], ["closing"]],
  ["all are paused", [said({})], ["closing", "retrying"]],
  ["all are paused, and one resumed later", [said({}), said({ healer: "closing", isPaused: false, atMs: 20 })], ["retrying"]],
  ["one is paused, and all resumed later", [said({ healer: "closing" }), said({ isPaused: false, atMs: 20 })], []],
  [
    "one that was resumed is paused with all later",
    [said({ healer: "closing", isPaused: false }), said({ atMs: 20 })],
    ["closing", "retrying"],
  ],
  ["a pause has ended by itself", [said({ healer: "closing", untilMs: 100 })], []],
  ["a pause ends later", [said({ healer: "closing", untilMs: 101 })], ["closing"]],
  ["a healer that is gone was paused", [said({ healer: "former" })], []],
  ["what is stored is of another form", [{ anything: 1 }], []],
])("%s", async ([, words, paused]) => {
  expect((await readPauses(stored(words), healers, 100)).map(({ healer }) => healer)).toEqual(paused);
});
