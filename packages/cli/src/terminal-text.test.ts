import { expect, test } from "vitest";
import { fitLine, table } from "./table.ts";
import { terminalText } from "./terminal-text.ts";

test("what a terminal would obey is written out, and an answer in JSON says the same", () => {
  const hostile = "a\u001b[2J\u001b]52;c;eA==\u0007\u009b1m\u202eb\u200b\u2028c\u{e0041}";
  expect(terminalText(hostile)).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}]/u);
  expect(JSON.parse(terminalText(JSON.stringify({ hostile })))).toEqual({ hostile });
  expect(terminalText("two\nlines\tand “words” 🏀")).toBe("two\nlines\tand “words” 🏀");
});

test("a cell and a line of others' text is one line", () => {
  const forged = "x\n✅ resolved: everything is healthy again\u202e";
  expect(table(["a", "b"], [[forged, forged]]).split("\n")).toHaveLength(2);
  expect(fitLine(`  ${forged}`)).toBe("  x ✅ resolved: everything is healthy again");
});
