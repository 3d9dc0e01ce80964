import type { Message } from "@kintsugi/ports/bus";
import { expect, test } from "vitest";
import { belongsTo, readRow, rememberedRows, rowData, rowsOf } from "./outbox.ts";

const message = (data: string): Message => ({ topic: "runs", attributes: { "ce-id": data.slice(0, 5) }, data: Buffer.from(data) });

test("a change without messages leaves no row", () => {
  expect(rowsOf("a", [], 5)).toEqual([]);
});

test("a row comes back as it was stored", () => {
  const [row] = rowsOf("a", [message("one"), message("ü 🏀")], 5);
  expect(readRow({ id: "a", data: rowData(row!) })).toEqual(row);
});

test("no row is larger than a document may be, and all are parts of their change", () => {
  const rows = rowsOf(
    "a",
    Array.from({ length: 40 }, () => message("x".repeat(64 * 1024))),
    5,
  );
  expect(rows.length).toBeGreaterThan(1);
  expect(rows.every((row) => JSON.stringify(rowData(row)).length < 1_000_000)).toBe(true);
  expect(rows.every(({ id }) => belongsTo("a", id))).toBe(true);
  expect(rows.flatMap(({ messages }) => messages)).toHaveLength(40);
});

test("a message that an older version left is read", () => {
  const data = { topic: "runs", attributes: { "ce-id": "1" }, data: Buffer.from("{}").toString("base64") };
  expect(readRow({ id: "a~000000", data })).toEqual({ id: "a~000000", atMs: 0, messages: [{ ...data, data: Buffer.from("{}") }] });
});

test("what was just stored is remembered once, with its parts, and without end nothing is", () => {
  const remembered = rememberedRows();
  remembered.remember([...rowsOf("a", [message("1")], 5), ...rowsOf("a~part", [message("2")], 5), ...rowsOf("ab", [message("3")], 5)]);
  expect(remembered.take("a").map(({ id }) => id)).toEqual(["a", "a~part"]);
  expect(remembered.take("a")).toEqual([]);
  for (let index = 0; index < 1_000; index++) remembered.remember(rowsOf(`other-${index}`, [message("4")], 5));
  expect(remembered.take("ab")).toEqual([]);
});
