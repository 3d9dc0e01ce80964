import { expect, test } from "vitest";
import { replayFault } from "./replay-fault.ts";

const kept = (text: string, bytes = Buffer.byteLength(text), attributes: Readonly<Record<string, string>> = {}) => ({
  data: Buffer.from(text).toString("base64"),
  bytes,
  attributes,
});

test.for<[name: string, letter: Parameters<typeof replayFault>[0], fault: string | undefined]>([
  ["what was kept whole can be sent again", kept("not json"), undefined],
  ["nothing at all can be sent again", kept(""), undefined],
  ["a long one was cut", kept("x".repeat(16), 20), "only 16 of its 20 bytes were kept: send it again from where it came"],
  [
    "a secret was hidden, which made it shorter",
    kept("token=****", 40),
    "secrets in it were hidden before it was kept: send it again from where it came",
  ],
  [
    "a secret of the mask's own length was hidden",
    kept("token=****"),
    "secrets in it were hidden before it was kept: send it again from where it came",
  ],
  [
    "a short secret was hidden, which made it longer",
    kept("token is here", 12),
    "secrets in it were hidden before it was kept: send it again from where it came",
  ],
  [
    "a secret in an attribute was hidden",
    kept("fine", 4, { authorization: "Bearer ****" }),
    "secrets in it were hidden before it was kept: send it again from where it came",
  ],
])("%s", ([, letter, fault]) => {
  expect(replayFault(letter)).toBe(fault);
});
