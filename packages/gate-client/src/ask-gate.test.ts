import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { askGate, type GateAnswer, type GateQuestion } from "./ask-gate.ts";

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
async function ask(url: string, more: Partial<GateQuestion> = {}): Promise<GateAnswer> {
  return await askGate({ url, token: "t0ken", gate: "raw-to-analytics", consumer: "analytics", ...more });
}
async function askFor(status: number, body: string): Promise<GateAnswer> {
  return await ask(await serve((_request, response) => void response.writeHead(status).end(body)));
}

const proceed = { can_proceed: true, status: "proceed", message: "10 of 10", missing_items: [] };

test.for<[name: string, body: object, answer: GateAnswer]>([
  ["proceed", proceed, { canProceed: true, status: "proceed", message: "10 of 10", missingItems: [] }],
  [
    "proceed with a warning",
    { can_proceed: true, status: "proceed_with_warning", message: "thin", missing_items: [] },
    { canProceed: true, status: "proceed_with_warning", message: "thin", missingItems: [] },
  ],
  [
    "wait",
    { can_proceed: false, status: "wait", message: "2 not due", missing_items: [] },
    { canProceed: false, status: "wait", message: "2 not due", missingItems: [] },
  ],
  [
    "block",
    { can_proceed: false, status: "block", message: "1 missing", missing_items: ["0022500714"] },
    { canProceed: false, status: "block", message: "1 missing", missingItems: ["0022500714"] },
  ],
])("a gate that says %s is taken at its word", async ([, body, answer]) => {
  expect(await askFor(200, JSON.stringify(body))).toEqual(answer);
});

test.for<[name: string, status: number, body: string, message: RegExp]>([
  ["an error of the gate", 500, '{"error":"boom"}', /answered 500: .*boom/],
  ["a proxy's page", 502, "<html>bad gateway</html>", /answered 502: <html>/],
  ["too many requests", 429, "", /answered 429/],
  ["a wrong token", 401, '{"error":"wrong token"}', /answered 401: .*wrong token/],
  ["an unknown gate", 404, '{"error":"no gate raw"}', /answered 404/],
  ["an error that claims to be a yes", 500, JSON.stringify(proceed), /answered 500/],
  ["no JSON", 200, "yes", /could not be asked/],
  ["nothing", 200, "", /could not be asked/],
  ["null", 200, "null", /cannot be read/],
  ["a list", 200, "[true]", /cannot be read/],
  ["a word", 200, '"proceed"', /cannot be read/],
  ["an empty object", 200, "{}", /cannot be read/],
  ["a yes without a status", 200, '{"can_proceed":true}', /cannot be read/],
  ["a status that nobody knows", 200, '{"can_proceed":true,"status":"go"}', /cannot be read/],
])("anything but a clear answer is a no: %s", async ([, status, body, message]) => {
  const answer = await askFor(status, body);
  expect(answer).toEqual({ canProceed: false, status: "unreachable", message: expect.stringMatching(message), missingItems: [] });
});

test.for<[name: string, can: unknown]>([
  ["text", "true"],
  ["a number", 1],
  ["nothing", undefined],
])("a yes is the truth value and nothing like it: %s", async ([, can]) => {
  expect(await askFor(200, JSON.stringify({ ...proceed, can_proceed: can }))).toMatchObject({ canProceed: false });
});

test("a gate that does not answer in time is a no", async () => {
  const url = await serve(() => {});
  expect(await ask(url, { timeoutMs: 30 })).toMatchObject({
    canProceed: false,
    status: "unreachable",
    message: expect.stringMatching(/timeout/i),
  });
});

test("a gate that begins to answer and stops is a no", async () => {
  const url = await serve((_request, response) => void response.writeHead(200).write('{"can_proceed":true,'));
  expect(await ask(url, { timeoutMs: 30 })).toMatchObject({ canProceed: false, status: "unreachable" });
});

test("a gate that hangs up is a no", async () => {
  const url = await serve((request) => void request.socket.destroy());
  expect(await ask(url)).toMatchObject({ canProceed: false, status: "unreachable" });
});

test("a gate that nobody serves is a no", async () => {
  expect(await ask("http://127.0.0.1:1")).toMatchObject({
    canProceed: false,
    status: "unreachable",
    message: expect.stringMatching(/could not be asked/),
  });
});

test("an address that is none is a no", async () => {
  expect(await ask("not an address")).toMatchObject({ canProceed: false, status: "unreachable" });
});

type Seen = { method: string; url: string; authorization: string; body: unknown };

async function seenBy(more: Partial<GateQuestion>, suffix = ""): Promise<Seen> {
  const seen: Seen[] = [];
  const listener = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = "", url = "", headers } = request;
    seen.push({ method, url, authorization: headers.authorization ?? "", body: JSON.parse(Buffer.concat(chunks).toString()) });
    response.end(JSON.stringify(proceed));
  };
  const url = await serve((request, response) => void listener(request, response));
  await ask(url + suffix, more);
  return seen[0]!;
}

test("the question names the gate, who asks, the day and the token", async () => {
  expect(await seenBy({ day: "2025-03-15" })).toEqual({
    method: "POST",
    url: "/gates/raw-to-analytics/decisions",
    authorization: "Bearer t0ken",
    body: { consumer: "analytics", day: "2025-03-15" },
  });
});

test("without a day the gate decides which; a gate's name stays one step of the path; a slash too many does no harm", async () => {
  expect(await seenBy({ gate: "a/../b" }, "/")).toMatchObject({ url: "/gates/a%2F..%2Fb/decisions", body: { consumer: "analytics" } });
});
