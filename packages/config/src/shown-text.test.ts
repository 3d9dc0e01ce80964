import { expect, test } from "vitest";
import { formatProblem, parseConfig } from "./load.ts";
import { isSecret, shownText } from "./shown-text.ts";

const head = "version: 1\npipeline: shop\ntimezone: UTC\n";
const SECRET = "xoxb-secret-1";

function told(text: string, token = SECRET): string {
  const whole = text.startsWith("timezone") ? `version: 1\npipeline: shop\n${text}` : head + text;
  const loaded = parseConfig(whole, { file: "kintsugi.yaml", env: { TOK: token } });
  return "problems" in loaded ? loaded.problems.map((problem) => `${formatProblem(problem)} ${JSON.stringify(problem)}`).join("\n") : "";
}

const check = (body: string): string => `phases: { raw: { checks: { c: ${body} } } }\n`;

test.for<[name: string, text: string]>([
  ["a channel", "slack: { channels: { drift: '${TOK}' } }\n"],
  ["a number", "incidents: { open_after: '${TOK}' }\n"],
  ["one of two kinds", "warehouse: ${TOK}\n"],
  ["one of some words", check("{ table: t, severity: '${TOK}', metrics: {} }")],
  ["a zone", "timezone: ${TOK}\n"],
  ["a duration", "schedules: { drift: '${TOK}' }\n"],
  ["a part of a text", "schedules: { drift: 'a-${TOK}-b' }\n"],
  ["a condition", check('{ table: t, metrics: { m: { count: "*", fail: "${TOK}" } } }')],
  ["a list's item", check("{ table: t, metrics: { m: { count: [a, \"${TOK}\"], fail: '< 1' } } }")],
  ["a phase", 'phases: { raw: { after: ["${TOK}"] } }\n'],
  ["a check", 'phases: { raw: {} }\ngates: { g: { before: raw, checks: ["raw.${TOK}"] } }\n'],
  ["a collection of two healers", 'healers: { a: { batches: "${TOK}" }, b: { batches: "${TOK}" } }\n'],
  ["a reason of both kinds", 'healers: { a: { batches: b, reasons: { permanent: ["${TOK}"], transient: ["${TOK}"] } } }\n'],
])("what the environment put in is shown as it is written: %s", ([, text]) => {
  const shown = told(text);
  expect(shown).toContain("${TOK}");
  expect(shown).not.toContain(SECRET);
});

test.for<[name: string, token: string]>([
  ["a line break inside", "xoxb-\nsecret-1"],
  ["a line break at the end", "xoxb-secret-1\n"],
  ["a NUL", "xoxb-secret\u0000-1"],
])("a token with %s names its variable and shows nothing of it", ([, token]) => {
  const shown = told('slack: { token: "${TOK}" }\n', token);
  expect(shown).toContain("the environment variable TOK holds a line break or another control character");
  expect(shown).not.toMatch(/xoxb|secret-1/);
});

const ADDRESS = "https://ops.example/in/s3cret";

test.for<[name: string, text: string]>([
  ["as text", 'slack: { webhooks: { "#x": ADDRESS } }\n'],
  ["in the place of its channel", `slack: { webhooks: { "https://hooks.slack.com/services/s3cret": "#x" } }\n`],
  ["one level too deep", 'slack: { webhooks: { "#x": { url: ADDRESS } } }\n'],
  ["for all channels", "slack: { webhooks: ADDRESS }\n"],
  ["in a list", "slack: { webhooks: [ADDRESS] }\n"],
  ["of a receiver", "receivers: { ops: { webhook: ADDRESS } }\n"],
  ["in the place of a receiver", "receivers: { ops: ADDRESS }\n"],
  ["in the place of all receivers", "receivers: ADDRESS\n"],
  ["in a list of receivers", "receivers: [{ url: ADDRESS }]\n"],
  ["under a misspelt key", "receivers: { ops: { webhok: ADDRESS } }\n"],
  ["twice", "receivers: { ops: { webhook: '${TOK}', webhook: ADDRESS } }\n"],
  ["as the secret", "receivers: { ops: { webhook: '${TOK}', secret: ADDRESS } }\n"],
  ["from the environment, with another beginning", "receivers: { ops: { webhook: '${TOK}' } }\n"],
  ["of a channel, from the environment", `slack: { webhooks: { "#x": '\${TOK}' } }\n`],
])("an address that lets anybody post is never shown: %s", ([, text]) => {
  const shown = told(text.replaceAll("ADDRESS", ADDRESS), "ftp://ops.example/in/s3cret");
  expect(shown).not.toBe("");
  expect(shown).not.toContain("s3cret");
});

test.for<[name: string, text: string]>([
  ["quoted, with more behind it", 'token: "xoxb-secret-1" xoxb-secret-1\n'],
  ["with a stray bracket", "token: a\n}xoxb-secret-1\n"],
  ["as a block's head", "token: |xoxb-secret-1\n  a\n"],
  ["as an escape", 'token: "\\xoxb-secret-1"\n'],
  ["as a tag", "slack: { token: !xoxb-secret-1 a }\n"],
  ["as an alias", "slack: { token: *xoxb-secret-1 }\n"],
  ["under a password", "drift: { services: { api: { paths: [a], expect: { password: [xoxb-secret-1] } } } }\n"],
  ["as a reference that is none", "slack: { token: secret:xoxb-secret-1 }\n"],
  ["as a webhook's alias", 'slack: { webhooks: { "#x": *xoxb-secret-1 } }\n'],
  ["as a receiver's tag", "receivers: { ops: { webhook: !xoxb-secret-1 a } }\n"],
])("a secret is not shown in a file that cannot be read: %s", ([, text]) => {
  const shown = told(text);
  expect(shown).not.toBe("");
  expect(shown).not.toMatch(/xoxb|xox|secret-1/);
});

test.for<[name: string, text: string]>([
  ["a binary file", `\u0000\u0001${"\u0002x".repeat(5_000)}: \u0003\n`],
  ["a long line of brackets", `a: ]${"x".repeat(5_000)}\n`],
  ["a long value", `schedules: { drift: ${"x".repeat(5_000)} }\n`],
])("%s is told in few words that can be printed", ([, text]) => {
  const loaded = parseConfig(text, { file: "kintsugi.yaml", env: {} });
  for (const problem of "problems" in loaded ? loaded.problems : []) {
    expect(formatProblem(problem).length).toBeLessThan(600);
    expect(formatProblem(problem)).not.toMatch(/\p{Cc}/u);
  }
});

test.for<[path: readonly (string | number)[], secret: boolean]>([
  [["slack", "token"], true],
  [["slack", "token", "value"], true],
  [["drift", "services", "api", "expect", "API_KEY"], true],
  [["phases", "tokens", "after", 0], false],
  [["phases", "raw", "checks", "secrets", "table"], false],
  [["drift", "services", "token-service", "paths"], false],
  [["slack", "signing_secret"], true],
  [["slack", "webhooks", "#ops"], true],
  [["slack", "webhooks", "#ops", "url"], true],
  [["slack", "channels", "drift"], false],
  [["slack", "operators", 0], false],
  [["receivers", "ops"], true],
  [["receivers", "ops", "webhook"], true],
  [["receivers", "ops", "secret"], true],
  [["receivers", "ops", "min_severity"], false],
  [["receivers", "token-holder", "min_severity"], false],
])("whether %j is a secret is told by its keys, not by names that people gave: %s", ([path, secret]) => {
  expect(isSecret(path)).toBe(secret);
});

test.for<[given: string, shown: string]>([
  ["plain", "plain"],
  ["a\u0000\nb", "a�b"],
  ["x".repeat(121), `${"x".repeat(120)}…`],
  ["https://hooks.slack.com/services/T1/B1/abc", "https://****"],
  ["it is xoxb-1-abc", "it is ****"],
])("%j is shown as %j", ([given, shown]) => {
  expect(shownText(given)).toBe(shown);
});
