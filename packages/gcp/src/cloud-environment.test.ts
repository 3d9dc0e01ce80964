import { expect, test } from "vitest";
import { readCloudEnvironment } from "./cloud-environment.ts";

const own = { KINTSUGI_AUDIENCES: "https://gate-abc.run.app" };

test("without anything said of callers, nobody's identity is verified", () => {
  expect(readCloudEnvironment({})).toEqual({
    configFile: "kintsugi.yaml",
    slackUrl: undefined,
    audiences: undefined,
    pushAccounts: undefined,
    isCheckedByIam: false,
  });
});

test("several stand with commas", () => {
  const read = readCloudEnvironment({
    KINTSUGI_AUDIENCES: "https://gate-abc.run.app, https://gate.example.com",
    KINTSUGI_PUSH_ACCOUNTS: "push@shop.iam.gserviceaccount.com,scheduler@shop.iam.gserviceaccount.com",
    KINTSUGI_IAM_CHECKED: "true",
  });
  expect(read).toMatchObject({
    audiences: ["https://gate-abc.run.app", "https://gate.example.com"],
    pushAccounts: ["push@shop.iam.gserviceaccount.com", "scheduler@shop.iam.gserviceaccount.com"],
    isCheckedByIam: true,
  });
});

test.for<[name: string, variables: Record<string, string>, told: RegExp]>([
  ["an empty list", { KINTSUGI_AUDIENCES: " , " }, /is empty: leave it out/],
  ["an address that is none", { KINTSUGI_AUDIENCES: "gate" }, /URL/],
  ["accounts that are no addresses", { ...own, KINTSUGI_PUSH_ACCOUNTS: "pubsub" }, /email/],
  ["accounts without an audience", { KINTSUGI_PUSH_ACCOUNTS: "a@b.example" }, /KINTSUGI_PUSH_ACCOUNTS needs it/],
  ["a word for yes", { ...own, KINTSUGI_IAM_CHECKED: "yes" }, /KINTSUGI_IAM_CHECKED/],
])("%s is refused at the start", ([, variables, told]) => {
  expect(() => readCloudEnvironment(variables)).toThrow(told);
});
