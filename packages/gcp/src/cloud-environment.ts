/** What a function in the cloud takes from its environment, besides the variables that its configuration names. */

import { z } from "zod";

const Environment = z.object({
  /** Path of kintsugi.yaml inside the deployed function. */
  KINTSUGI_CONFIG: z.string().min(1).default("kintsugi.yaml"),
  /** Another address of Slack's Web API, such as a proxy's. */
  SLACK_API_URL: z.url().optional(),
});

export type CloudEnvironment = { readonly configFile: string; readonly slackUrl?: string | undefined };

/** @throws with all variables that are not as they must be */
export function readCloudEnvironment(variables: Readonly<Record<string, string | undefined>>): CloudEnvironment {
  const { KINTSUGI_CONFIG, SLACK_API_URL } = Environment.parse(variables);
  return { configFile: KINTSUGI_CONFIG, slackUrl: SLACK_API_URL };
}
