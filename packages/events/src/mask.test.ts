import { describe, expect, test } from "vitest";
import { maskJson, maskText } from "./mask.ts";
import { secretForms } from "./secret-forms.test-table.ts";

describe("each form of a secret is hidden, wherever it stands", () => {
  test.for(secretForms)("%s", ([, before, secret, after = ""]) => {
    const text = `${before}${secret}${after}`;
    const around = [
      text,
      `connect failed: ${text} (attempt 2)`,
      `first line\n${text}\nlast line`,
      JSON.stringify({ error: `x: ${text} y` }),
    ];
    for (const given of around) {
      const masked = maskText(given);
      expect(masked).toContain("****");
      expect(masked).not.toContain(secret);
      expect(maskText(masked)).toBe(masked);
    }
    expect(JSON.stringify(maskJson({ a: [{ error: text }], [text]: 1 }))).not.toContain(secret);
  });
});

test("the table holds at least 120 forms, each of its own", () => {
  expect(new Set(secretForms.map(([name]) => name)).size).toBeGreaterThanOrEqual(120);
});

test.for([
  ["password", "hunter2"],
  ["PASSWD", "hunter2"],
  ["dbPassword", "hunter2"],
  ["client_secret", "abc"],
  ["clientSecret", "abc"],
  ["access_token", "abc"],
  ["refreshToken", "abc"],
  ["x-api-key", "abc"],
  ["apiKey", "abc"],
  ["AWS_SECRET_ACCESS_KEY", "abc"],
  ["accountKey", "abc"],
  ["private_key", "abc"],
  ["Authorization", "abc"],
  ["cookie", "abc"],
  ["connectionString", "abc"],
  ["webhook_url", "https://example.com/a"],
  ["smtp_pass", "abc"],
  ["pwd", "abc"],
  ["credentials", { user: "a", key: "b" }],
  ["password", 12345678],
] as const)("what stands under the key %s is hidden, whatever it looks like", ([key, value]) => {
  const masked = maskJson({ nested: [{ [key]: value, kept: "batch_1" }] });
  expect(JSON.stringify(masked)).not.toMatch(/hunter2|abc|12345678|example|"a"|"b"/);
  expect(masked.nested[0]).toHaveProperty("kept", "batch_1");
});

test.for([
  "tokens",
  "token_count",
  "max_tokens",
  "next_page_token",
  "passed",
  "bypass",
  "key",
  "secret_name",
  "monkey",
  "author",
  "signal",
])("what stands under the key %s is no secret", (key) => expect(maskJson({ [key]: "value" })).toEqual({ [key]: "value" }));

test("a key that is itself a secret is hidden too, and a truth under the name of one is not", () => {
  const key = `ghp_${"a1".repeat(18)}`;
  expect(maskJson({ [key]: 1, password: true, secret: null, token: "" })).toEqual({ "****": 1, password: true, secret: null, token: "" });
});

test("a value that is to be hidden is hidden in every text, whatever it looks like", () => {
  const hidden = ["tuesday in rome"];
  expect(maskText("on tuesday in rome, it failed", hidden)).toBe("on ****, it failed");
  expect(maskJson({ "tuesday in rome": ["a tuesday in rome"] }, hidden)).toEqual({ "****": ["a ****"] });
});

test.for([
  "119 done + 17 skipped of 136, idle 22 min; token bucket empty",
  "batch_2026-02-05_1770320704",
  "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
  "e9b9317c0f3a1d2b4c5e6f708192a3b4c5d6e7f8",
  "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  "bqjob_r3b0c1d2e4f5a6978_0000018d1a2b3c4d_1",
  "projects/my-project/jobs/job_Q1w2E3r4T5y6U7i8O9p0A1s2D3f4",
  "SELECT token, password_hash FROM users WHERE t.token = u.token AND secret = @secret",
  "https://console.cloud.google.com/bigquery?project=p&j=bq:US:bqjob_r1&page=queryresults",
  "ssh://git@github.com/org/repo.git",
  "git@github.com:org/repo.git",
  "the password is wrong",
  "invalid token: expired",
  "basic authentication failed",
  "the token is missing or wrong: send `Authorization: Bearer TOKEN`",
  "secret: references are not supported yet; use ${NAME}",
  "a secret is only ever given as ${NAME}",
  "heal_0123456789ab",
  "canary:phase2.boxscores_key=gone",
  "2026-11-25T18:14:25.000Z",
])("leaves ordinary text alone: %s", (text) => expect(maskText(text)).toBe(text));
