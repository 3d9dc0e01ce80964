/** What serves, from a JSON file that the deploy script keeps; read anew at each run. */

import { readFile } from "node:fs/promises";
import { Failure, messageOf } from "@kintsugi/ports/failure";
import type { Deployments, Revision } from "@kintsugi/ports/deployments";
import { z } from "zod";

const DeploymentsFile = z.object({
  services: z.record(
    z.string(),
    z.object({
      revisions: z.array(
        z.object({
          name: z.string(),
          commit: z.string(),
          traffic: z.number().min(0).max(100),
          created: z.string().optional(),
          by: z.string().optional(),
          settings: z.record(z.string(), z.json()).optional(),
        }),
      ),
    }),
  ),
});

export function deploymentsFile(path: string): Deployments {
  return {
    async revisions(service) {
      const { services } = await read(path);
      return services[service]?.revisions as readonly Revision[] | undefined;
    },
    async services() {
      const { services } = await read(path);
      return Object.keys(services).filter((name) => services[name]!.revisions.some(({ traffic }) => traffic > 0));
    },
  };
}

async function read(path: string): Promise<z.infer<typeof DeploymentsFile>> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw new Failure("needs-human", `the deployments file ${path} cannot be read (${messageOf(error)}): check drift.deployments.file`, {
      cause: error,
      about: "deployments",
    });
  }
  const parsed = DeploymentsFile.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Failure(
    "needs-human",
    `the deployments file ${path} is not as agreed at ${issue?.path.join(".") || "its top"}: ${issue?.message}`,
    { about: "deployments" },
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
