/** What a function in the cloud takes from its environment, besides the variables that its configuration names. */

import { z } from "zod";

/** Several, with commas. An empty list would be a check that is off unseen. */
const listOf = (one: z.ZodType<string, string>) =>
  z
    .string()
    .transform((text) => text.split(",").flatMap((part) => (part.trim() === "" ? [] : [part.trim()])))
    .pipe(z.array(one).min(1, "is empty: leave it out, or name one"));

const Environment = z
  .object({
    /** Path of kintsugi.yaml inside the deployed function. */
    KINTSUGI_CONFIG: z.string().min(1).default("kintsugi.yaml"),
    /** Another address of Slack's Web API, such as a proxy's. */
    SLACK_API_URL: z.url().optional(),
    /** Addresses of the function itself: callers' ID tokens must be made for one of them. Without it nobody's identity is verified. */
    KINTSUGI_AUDIENCES: listOf(z.url()).optional(),
    /** Service accounts of the push subscriptions and of Scheduler: nobody else may bring events or start runs. */
    KINTSUGI_PUSH_ACCOUNTS: listOf(z.email()).optional(),
    /** `true` only where Cloud Run asks IAM about each caller: it then hands on tokens without their signatures. */
    KINTSUGI_IAM_CHECKED: z.enum(["true", "false"]).default("false"),
  })
  .refine(({ KINTSUGI_PUSH_ACCOUNTS: accounts, KINTSUGI_AUDIENCES: audiences }) => accounts === undefined || audiences !== undefined, {
    path: ["KINTSUGI_AUDIENCES"],
    message: "KINTSUGI_PUSH_ACCOUNTS needs it: give the address that their tokens are made for",
  });

export type CloudEnvironment = {
  readonly configFile: string;
  readonly slackUrl?: string | undefined;
  readonly audiences?: readonly string[] | undefined;
  readonly pushAccounts?: readonly string[] | undefined;
  readonly isCheckedByIam: boolean;
};

/** @throws with all variables that are not as they must be */
export function readCloudEnvironment(variables: Readonly<Record<string, string | undefined>>): CloudEnvironment {
  const read = Environment.parse(variables);
  return {
    configFile: read.KINTSUGI_CONFIG,
    slackUrl: read.SLACK_API_URL,
    audiences: read.KINTSUGI_AUDIENCES,
    pushAccounts: read.KINTSUGI_PUSH_ACCOUNTS,
    isCheckedByIam: read.KINTSUGI_IAM_CHECKED === "true",
  };
}
