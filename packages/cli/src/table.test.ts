import { expect, test } from "vitest";
import { table } from "./table.ts";

test("columns stand under their titles, and nothing trails", () => {
  expect(
    table(
      ["name", "verdict"],
      [
        ["a", "ok"],
        ["longer", "finding"],
      ],
    ),
  ).toBe("name    verdict\na       ok\nlonger  finding");
});

test("a line that would be wider than 80 columns is cut, and shows that it was", () => {
  const [, row] = table(["name", "what"], [["a", "x".repeat(100)]]).split("\n");
  expect(row).toBe(`a     ${"x".repeat(73)}…`);
});
