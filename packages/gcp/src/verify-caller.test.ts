import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { maskText } from "@kintsugi/events/mask";
import { expect, test } from "vitest";
import { googleKeys } from "./verify-caller-keys.ts";
import { TOKEN_FAULTS } from "./verify-caller-token.ts";
import { verifyCaller } from "./verify-caller.ts";

const NOW_S = Date.parse("2026-02-05T20:00:00Z") / 1_000;
const OWN = "https://gate-abc.run.app";
const google = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const stranger = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const good = {
  iss: "https://accounts.google.com",
  aud: OWN,
  sub: "1",
  exp: NOW_S + 3_600,
  iat: NOW_S,
  email: "ann@example.com",
  email_verified: true,
};
const removed = "SIGNATURE_REMOVED_BY_GOOGLE";

type Sign = (signed: string) => string;
const rs256 =
  (key: KeyObject): Sign =>
  (signed) =>
    sign("RSA-SHA256", Buffer.from(signed), key).toString("base64url");
/** With what everybody knows, as if it were a secret. */
const byPublicKey: Sign = (signed) =>
  createHmac("sha256", google.publicKey.export({ type: "spki", format: "pem" }))
    .update(signed)
    .digest("base64url");

function token(
  claims: object = {},
  { alg = "RS256", kid = "k1", by = rs256(google.privateKey) }: { alg?: string; kid?: string; by?: Sign } = {},
) {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg, kid, typ: "JWT" })}.${part({ ...good, ...claims })}`;
  return `Bearer ${signed}.${by(signed)}`;
}

type Published = () => Response | Promise<Response>;
const published = (kids: readonly string[], headers: Record<string, string> = { "cache-control": "public, max-age=20000" }): Response =>
  Response.json(
    { keys: kids.map((kid) => ({ ...google.publicKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" })) },
    { headers },
  );

function open(answer: Published = () => published(["k1"]), { isCheckedByIam = false } = {}) {
  const clock = { nowMs: NOW_S * 1_000 };
  const now = (): number => clock.nowMs;
  let reads = 0;
  const fetchKeys = (async () => (reads++, await answer())) as typeof fetch;
  const keyOf = googleKeys({ fetch: fetchKeys, now, deadlineMs: 4_000 });
  const verify = verifyCaller({ audiences: ["https://other-name.run.app", OWN], isCheckedByIam, keyOf, now });
  return { identify: async (authorization: string) => await verify({ authorization }), verify, clock, reads: () => reads };
}

test.for<[name: string, authorization: string]>([
  ["a good one", token()],
  ["the issuer's short name", token({ iss: "accounts.google.com" })],
  ["another address of this function", token({ aud: "https://other-name.run.app" })],
  ["one that expired within the tolerance", token({ exp: NOW_S - 59 })],
  ["one of a clock that is a little ahead", token({ iat: NOW_S + 60 })],
  ["a scheme in lower case", token().replace("Bearer", "bearer")],
])("a token names its holder: %s", async ([, authorization]) => {
  expect(await open().identify(authorization)).toEqual({ id: "ann@example.com" });
});

test.for<[name: string, authorization: string, refused: string]>([
  ["none", "", "there is no ID token"],
  ["another scheme", "Basic YW5uOnNlY3JldA==", "no Google ID token"],
  ["an access token", "Bearer ya29.a0AfH6SMB", "no Google ID token"],
  ["two tokens", `${token()}, ${token()}`, "no Google ID token"],
  ["claims that are no JSON", token().replace(/\.[\w-]+\./, ".e30x."), "no Google ID token"],
  ["an address that holds more than one", token({ email: "ann@example.com, eve@example.com" }), "no Google ID token"],
  ["several audiences", token({ aud: [OWN] }), "no Google ID token"],
  ["expired", token({ exp: NOW_S - 60 }), "has expired"],
  ["of tomorrow", token({ iat: NOW_S + 61 }), "not valid yet"],
  ["of another issuer", token({ iss: "https://accounts.example.com" }), "not issued by Google"],
  ["for another function", token({ aud: "https://tracker-abc.run.app" }), "another audience"],
  ["for another path", token({ aud: `${OWN}/` }), "another audience"],
  ["an unverified e-mail address", token({ email_verified: false }), "no verified e-mail address"],
  ["no e-mail address", token({ email: undefined }), "no verified e-mail address"],
  ["alg none", token({}, { alg: "none", by: () => "" }), "not signed by RS256"],
  ["HS256 with the public key", token({}, { alg: "HS256", by: byPublicKey }), "not signed by RS256"],
  ["RS256 that is HS256 with the public key", token({}, { by: byPublicKey }), "signature does not match"],
  ["a stranger's signature", token({}, { by: rs256(stranger.privateKey) }), "signature does not match"],
  ["claims of one token under the signature of another", token({}, { by: () => rs256(google.privateKey)("other") }), "does not match"],
  ["no signature", token({}, { by: () => "" }), "has no signature"],
  ["a signature that Google seems to have removed", token({}, { by: () => removed }), "has no signature"],
  ["a key that nobody knows", token({}, { kid: "k9" }), "a key that Google does not publish"],
])("a token names nobody: %s", async ([, authorization, refused]) => {
  expect(await open().identify(authorization)).toEqual({ refused: expect.stringContaining(refused) as string });
});

test("what a refusal says is not taken for a secret on its way out", () => {
  for (const words of Object.values(TOKEN_FAULTS)) expect(maskText(words)).toBe(words);
});

test("where Cloud Run asks IAM about each caller, a token comes without its signature, and counts as it is verified", async () => {
  const { identify, verify, reads } = open(undefined, { isCheckedByIam: true });
  expect(await identify(token({}, { by: () => removed }))).toEqual({ id: "ann@example.com" });
  expect(await identify(token({ exp: NOW_S - 60 }, { by: () => removed }))).toHaveProperty("refused");
  expect(await identify(token({}, { by: () => "" }))).toHaveProperty("refused");
  expect(reads()).toBe(0);
  // Of two tokens Cloud Run has looked at this one alone.
  const both = {
    "x-serverless-authorization": token({ email: "eve@example.com" }, { by: () => removed }),
    authorization: token({}, { by: () => removed }),
  };
  expect(await verify(both)).toEqual({ id: "eve@example.com" });
});

test("the keys are read once, for as long as they say, by all who ask at once", async () => {
  const { identify, clock, reads } = open();
  await Promise.all([identify(token()), identify(token()), identify(token())]);
  clock.nowMs += 3_000_000;
  await identify(token());
  expect(reads()).toBe(1);
  clock.nowMs += 17_000_000;
  await identify(token({ exp: NOW_S + 40_000 }));
  expect(reads()).toBe(2);
});

test("a key that is new is found by one more look, and one that nobody knows is not looked for again and again", async () => {
  let kids = ["k1"];
  const { identify, clock, reads } = open(() => published(kids));
  await identify(token());
  kids = ["k1", "k2"];
  clock.nowMs += 60_000;
  expect(await identify(token({}, { kid: "k2" }))).toEqual({ id: "ann@example.com" });
  expect(reads()).toBe(2);
  for (let count = 0; count < 5; count++) expect(await identify(token({}, { kid: "k9" }))).toHaveProperty("refused");
  expect(reads()).toBe(2);
});

test.for<[name: string, answer: Published, reason: string]>([
  ["cannot be reached", () => Promise.reject(new Error("connect ECONNREFUSED")), "connect ECONNREFUSED"],
  ["does not answer", () => Promise.reject(new DOMException("late", "TimeoutError")), "no answer within 4 s"],
  ["answers 500", () => new Response("oops", { status: 500 }), "the answer is 500"],
  ["answers with a page", () => new Response("<html>"), "the answer is no set of keys"],
  ["answers with other JSON", () => Response.json({ keys: "k1" }), "the answer is no set of keys"],
  ["answers with broken keys", () => Response.json({ keys: [{ kid: "k1", kty: "RSA", n: "x" }] }), "the answer is no set of keys"],
])("while Google %s nobody is refused for good: the failure is transient", async ([, answer, reason]) => {
  const { identify } = open(answer);
  await expect(identify(token())).rejects.toMatchObject({
    failure: "transient",
    message: `the keys of Google's ID tokens cannot be read: ${reason}`,
  });
});

test("once Google answers again, the next request is let in", async () => {
  let isDown = true;
  const { identify } = open(() => (isDown ? Promise.reject(new Error("down")) : published(["k1"])));
  await expect(identify(token())).rejects.toThrow("down");
  isDown = false;
  expect(await identify(token())).toEqual({ id: "ann@example.com" });
});
