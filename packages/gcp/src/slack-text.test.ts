import { expect, test } from "vitest";
import { bold, codeLines, cut, packed, safe } from "./slack-text.ts";

test.for<[given: string, shown: string]>([
  ["<!channel> look", "&lt;!channel&gt; look"],
  ["<@U012ABC>", "&lt;@U012ABC&gt;"],
  ["<https://evil.example|click>", "&lt;https:\u200b//evil.example|click&gt;"],
  ["a < b & c > d", "a &lt; b &amp; c &gt; d"],
  ["&lt;!channel&gt;", "&amp;lt;!channel&amp;gt;"],
  ["@channel and @Here and @EVERYONE", "@\u200bchannel and @\u200bHere and @\u200bEVERYONE"],
  ["`rm -rf`", "'rm -rf'"],
  ["one\nnext: rm -rf /", "one next: rm -rf /"],
  ["a\u001b[31mred\u0007", "ared"],
  ["  plain  ", "plain"],
])("%j is shown as %j", ([given, shown]) => {
  expect(safe(given)).toBe(shown);
});

test("a star inside does not end the emphasis", () => {
  expect(bold("count(*) fails", 100)).toBe("*count(∗) fails*");
});

test.for<[name: string, text: string, max: number, expected: string]>([
  ["what fits stays", "abc", 3, "abc"],
  ["what does not fit ends in a sign for it", "abcd", 3, "ab…"],
  ["an escape is not cut in two", "a &amp; b", 6, "a …"],
  ["a whole escape stays", "a &amp; b", 8, "a &amp;…"],
  ["a character is not cut in two", "a🏀b", 3, "a…"],
])("%s", ([, text, max, expected]) => {
  expect(cut(text, max)).toBe(expected);
});

test("a command that is longer than a text goes on in the next one, and nothing of it is lost", () => {
  const command = `kintsugi close ${"&🏀".repeat(40)}`;
  const lines = codeLines("next: ", command, 50);
  expect(lines.every((line) => line.length <= 50 && line.isWellFormed() && line.endsWith("`"))).toBe(true);
  expect(
    lines
      .map((line) => line.replace(/^next: /, "").slice(1, -1))
      .join("")
      .replaceAll("&amp;", "&"),
  ).toBe(command);
});

test("lines are put together as long as they fit", () => {
  expect(packed(["aa", "bb", "cccc", "d"], 5)).toEqual(["aa\nbb", "cccc", "d"]);
});
