import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { allPages } from "@kintsugi/cli/all-pages";
import type { HostAnswer } from "@kintsugi/cli/system";
import { type HostProcess, message, request, startHostProcess, TOKEN } from "./support/host-process.ts";

const PUBLISH = "/v1/projects/any/topics/healing:publish";
const heal = { type: "healing.completed", healing_type: "retry" };
let folder: string;
let config: string;
let host: HostProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kintsugi-host-"));
  config = join(folder, "kintsugi.yaml");
  await writeFile(config, "version: 1\npipeline: host\ntimezone: UTC\nhealers:\n  batch_cleanup: { batches: prediction_batches }\n");
  host = await startHostProcess(config);
});

afterAll(async () => {
  await host.kill("SIGINT");
  await rm(folder, { recursive: true });
});

test("a wrong or missing token is 401", async () => {
  expect((await fetch(`${host.url}/status`)).status).toBe(401);
  expect((await fetch(`${host.url}/status`, { headers: { authorization: `Bearer ${TOKEN}x` } })).status).toBe(401);
});

test.for<[name: string, method: string, path: string, body: unknown, status: number]>([
  ["an unknown path", "GET", "/nowhere", undefined, 404],
  ["an unknown topic", "POST", "/v1/projects/any/topics/nowhere:publish", { messages: [message(heal)] }, 404],
  ["a body that is not as agreed", "POST", PUBLISH, { messages: "x" }, 400],
  ["data that is no base64", "POST", PUBLISH, { messages: [{ data: "%%%" }] }, 400],
  ["an unknown function", "POST", "/functions/nobody/run", undefined, 404],
  ["a document that is not there", "GET", "/documents/things/none", undefined, 404],
])("%s is refused with a reason", async ([, method, path, body, status]) => {
  const answer = await request(host.url, method, path, body);
  expect(answer.status).toBe(status);
  expect(String(answer.body["error"]).length).toBeGreaterThan(5);
});

test("a body over 10 MB is 413, and the host goes on", async () => {
  const sent = fetch(`${host.url}${PUBLISH}`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}` },
    body: "x".repeat(11 * 1024 * 1024),
  });
  const status = await sent.then((response) => response.status).catch(() => 413);
  expect(status).toBe(413);
  expect((await request(host.url, "GET", "/status")).status).toBe(200);
});

test("documents are set, merged, read and deleted", async () => {
  await request(host.url, "PUT", "/documents/things/a", { x: 1 });
  await request(host.url, "PATCH", "/documents/things/a", { y: 2 });
  expect((await request(host.url, "GET", "/documents/things/a")).body).toEqual({ x: 1, y: 2 });
  await request(host.url, "DELETE", "/documents/things/a");
  expect((await request(host.url, "GET", "/documents/things/a")).status).toBe(404);
});

test("a collection of any size is listed whole", async () => {
  const ids = Array.from({ length: 1_201 }, (_, index) => `d${String(index).padStart(4, "0")}`);
  for (let at = 0; at < ids.length; at += 200)
    await Promise.all(ids.slice(at, at + 200).map((id) => request(host.url, "PUT", `/documents/many/${id}`, { id })));
  const call = async (method: string, path: string) => (await request(host.url, method, path)) as HostAnswer;
  const listed = await allPages(call, "many");
  expect(listed.map(({ id }) => id)).toEqual(ids);
});

test("a run asked for answers with its verdict, and a stalled batch is closed by it", async () => {
  const old = new Date(Date.now() - 3_600_000).toISOString();
  await request(host.url, "PUT", "/documents/prediction_batches/b1", {
    expected: 10,
    completed: 9,
    is_complete: false,
    created_at: old,
    updated_at: old,
  });
  const { body } = await request(host.url, "POST", "/functions/cleanup/run");
  expect(body).toMatchObject({ function: "cleanup", verdict: "ok" });
  expect((await request(host.url, "GET", "/documents/prediction_batches/b1")).body).toMatchObject({
    is_complete: true,
    auto_completed: true,
  });
});

test("what cannot be read goes to the dead letters once, and the good beside it is counted", async () => {
  const good = { ...heal, id: "good-1", target: "good" };
  const bad = { data: Buffer.from("not json").toString("base64") };
  await request(host.url, "POST", PUBLISH, { messages: [bad, message(good), message(good)] });
  await request(host.url, "POST", "/functions/healing-tracker/run");
  const { body } = await request(host.url, "GET", "/status");
  expect(body["dead_letters"]).toBe(1);
  const { body: analysis } = await request(host.url, "GET", "/analyze");
  expect(analysis["total"]).toBe(1);
});

test("a second start on the same folder says who holds it, and ends with 2", async () => {
  await expect(startHostProcess(config)).rejects.toThrow(/ended with 2[\s\S]*in use: process \d+/);
});

test("a host that nobody listens to any more goes on", async () => {
  const own = await mkdtemp(join(tmpdir(), "kintsugi-unheard-"));
  await writeFile(join(own, "kintsugi.yaml"), "version: 1\npipeline: unheard\ntimezone: UTC\n");
  const unheard = await startHostProcess(join(own, "kintsugi.yaml"));
  unheard.stopListening();
  // Each is refused aloud.
  for (let round = 0; round < 5; round++) {
    const { status } = await request(unheard.url, "POST", `${PUBLISH}?wait=true`, { messages: [message({ type: "nonsense" })] });
    expect(status).toBe(200);
  }
  expect((await request(unheard.url, "GET", "/status")).body["dead_letters"]).toBe(5);
  expect(await unheard.kill("SIGINT")).toBe(130);
  await rm(own, { recursive: true });
});
