import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { digestOf, hashOf, sameDigest } from "./digest.ts";

const keyOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32);
const keys = fc.array(fc.string().map(keyOf), { maxLength: 40 });

test("the first 60 bits of a key are its hash, so that a signed integer holds it", () => {
  expect(hashOf("000000000000001fffff")).toBe(1n);
  expect(hashOf("fffffffffffffff00000")).toBe(2n ** 60n - 1n);
});

test("a digest is a count, a sum and an XOR", () => {
  expect(digestOf(["000000000000003", "000000000000005"])).toEqual({ count: 2, sum: 8n, xor: 6n });
  expect(digestOf([])).toEqual({ count: 0, sum: 0n, xor: 0n });
});

test("keys in any order have one digest", () => {
  const shuffled = keys.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
  fc.assert(
    fc.property(shuffled, ([all, other]) => {
      expect(sameDigest(digestOf(all), digestOf(other))).toBe(true);
    }),
  );
});

test("a key that is lost, added, or there twice shows", () => {
  fc.assert(
    fc.property(keys, fc.string().map(keyOf), (all, extra) => {
      const whole = digestOf([...all, extra]);
      expect(sameDigest(whole, digestOf(all))).toBe(false);
      expect(sameDigest(whole, digestOf([...all, extra, extra]))).toBe(false);
    }),
  );
});

test("two changes that an XOR alone would hide show in the sum", () => {
  // 1 ^ 2 = 4 ^ 7 = 3, while 1 + 2 is not 4 + 7.
  const one = digestOf(["000000000000001", "000000000000002"]);
  const other = digestOf(["000000000000004", "000000000000007"]);
  expect(one.xor).toBe(other.xor);
  expect(sameDigest(one, other)).toBe(false);
});

test("two changes that a sum alone would hide show in the XOR", () => {
  const one = digestOf(["000000000000001", "000000000000004"]);
  const other = digestOf(["000000000000002", "000000000000003"]);
  expect(one.sum).toBe(other.sum);
  expect(sameDigest(one, other)).toBe(false);
});
