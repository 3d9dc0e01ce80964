import { gzipSync } from "node:zlib";
import type { AddressInfo } from "node:net";
import { getTestServer } from "@google-cloud/functions-framework/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Request, serve } from "./serve.ts";

const seen: Request[] = [];
serve("door", async (request) => {
  seen.push(request);
  return { status: 202, body: { got: request.body.length } };
});
const server = getTestServer("door");
let url: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());
beforeEach(() => void (seen.length = 0));

const json = { "content-type": "application/json" };
test.for<[name: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>]>([
  ["JSON", '{"a":1}', json],
  ["malformed JSON", '{"a":', json],
  ["an unknown charset", "{}", { "content-type": "application/json; charset=klingon" }],
  ["plain bytes that claim to be gzip", "{}", { ...json, "content-encoding": "gzip" }],
  ["real gzip", Uint8Array.from(gzipSync("{}")), { ...json, "content-encoding": "gzip" }],
  ["a form", "a=1&b=%ZZ", { "content-type": "application/x-www-form-urlencoded" }],
  ["a broken CloudEvent", "[", { "content-type": "application/cloudevents+json" }],
  ["bytes of no type", Uint8Array.from([0xff, 0x00, 0xfe]), {}],
])("%s reaches the function as the bytes that were sent, with the type that was declared", async ([, body, headers]) => {
  const response = await fetch(`${url}/events?x=1`, { method: "POST", body, headers });
  expect([response.status, await response.json()]).toEqual([202, { got: body.length }]);
  const [request] = seen;
  expect(request).toMatchObject({ method: "POST", path: "/events" });
  expect(Buffer.from(request!.body)).toEqual(Buffer.from(body));
  expect(request!.headers["content-type"]).toBe(headers["content-type"] ?? (typeof body === "string" ? "text/plain;charset=UTF-8" : ""));
});

test("no body is an empty one", async () => {
  const response = await fetch(`${url}/run`, { method: "POST" });
  expect([response.status, await response.json()]).toEqual([202, { got: 0 }]);
});
