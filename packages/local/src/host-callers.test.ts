/** Who is told to have acted, when it is asked for over HTTP. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { parseConfig } from "@kintsugi/config/load";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Host, startHost } from "./host.ts";

const clock = { now: () => Date.parse("2026-11-24T08:00:00Z") };
const owner = userInfo().username;
const stranger = `not-${owner}`;
let folder: string;
let host: Host;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "kintsugi-callers-"));
  const text = `version: 1
pipeline: shop
timezone: UTC
phases: { raw: { checks: { orders: { table: orders, metrics: { n: { count: "*", fail: "< 1" } } } } }, marts: {} }
gates: { raw-to-marts: { before: marts, checks: [raw.orders] } }
`;
  const read = parseConfig(text, { file: join(folder, "kintsugi.yaml"), env: {} });
  if ("problems" in read) throw new Error(JSON.stringify(read.problems));
  host = await startHost(read.config, { clock, say: () => {}, log: () => {}, pid: 1 }, { port: 0, token: "t" });
});
afterAll(async () => {
  await host.stop();
  rmSync(folder, { recursive: true });
});

async function post(path: string, body: object): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${host.token}` };
  const response = await fetch(`${host.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  return (await response.json()) as Record<string, unknown>;
}
const ask = async (body: object) => await post("/gates/raw-to-marts/decisions", body);

test("an override is that of the token's owner, with another name as a claim", async () => {
  const override = { context: "override", reason: "checked", expires: "2026-11-24T10:00:00Z" };
  expect(await ask({ ...override, actor: stranger })).toMatchObject({ override: { actor: owner, claimed: stranger } });
  expect((await ask({ ...override, actor: owner }))["override"]).toEqual({ actor: owner, reason: "checked", expires: override.expires });
});

test("a word that a verb publishes is said by whom the verb names", async () => {
  const word = { type: "gate.overridden", gate: "raw-to-marts", day: "2026-11-23", actor: stranger, reason: "closed" };
  const messages = [{ data: Buffer.from(JSON.stringify(word)).toString("base64") }];
  expect(await post("/v1/projects/any/topics/operator:publish?wait=true", { messages })).toMatchObject({ delivered: true, refused: [] });
  expect((await ask({ day: "2026-11-23" }))["override"]).toEqual({ actor: stranger, reason: "closed" });
});
