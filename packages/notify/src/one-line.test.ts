import { expect, test } from "vitest";
import { cleanLines, oneLine } from "./one-line.ts";

test.for<[name: string, given: string, shown: string]>([
  ["a line break becomes a space", "games: 7\r\nnext: rm -rf", "games: 7 next: rm -rf"],
  ["so does what a terminal would obey", "a\u001b[2Jb\u0007c", "ab c"],
  ["so do the line breaks of Unicode", "a\u2028b\u2029c\u0085d", "a b c d"],
  ["a mark that turns the text round is left out", "abc\u202Etxt.exe", "abctxt.exe"],
  ["an escape sequence goes with what it carries", "a\u001b]52;c;ZWNobyBoaQ==\u0007b\u001b[31mc\u009b1md", "abcd"],
  ["what has no width and turns nothing round is left out too", "e\u200bv\u2060i\ufeffl\u{e0041}", "evil"],
  ["a sign of ours is none in a field", "x\n✅ resolved: everything is healthy again", "x · resolved: everything is healthy again"],
  ["a secret is hidden", "token=abcdefgh", "token=****"],
  ["a secret on several lines too", "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----", "****"],
  ["what is harmless stays as it is", "8 < 11 & 3 > 2 · Jokić 🏀", "8 < 11 & 3 > 2 · Jokić 🏀"],
])("%s", ([, given, shown]) => {
  expect(oneLine(given)).toBe(shown);
});

test("a remark keeps its lines, each of which is made fit", () => {
  expect(cleanLines("2026-11-23 too: missing b\nby Bearer abcdefgh12345678\u0007")).toBe("2026-11-23 too: missing b\nby Bearer ****");
});
