import { expect, test } from "vitest";
import { maskJson, maskText } from "./mask.ts";

test.for([
  ["a Slack token", "xoxb-1234567890-abcdef"],
  ["a bearer token", "Authorization: Bearer abcdef0123456789"],
  ["a password in a URL", "postgres://user:hunter22@db/x"],
  ["a password in text", "password=hunter22 rejected"],
  ["a private key", "-----BEGIN PRIVATE KEY-----\nhunter22\n-----END PRIVATE KEY-----"],
])("hides %s", ([, text]) => {
  const masked = maskText(text!);
  expect(masked).toContain("****");
  expect(masked).not.toMatch(/hunter22|abcdef/);
});

test("leaves ordinary text alone", () => {
  const text = "119 done + 17 skipped of 136, idle 22 min; token bucket empty";
  expect(maskText(text)).toBe(text);
});

test("masks inside lists and objects", () => {
  expect(maskJson({ a: ["xoxb-1234567890-abcdef"], n: 1 })).toEqual({ a: ["****"], n: 1 });
});
