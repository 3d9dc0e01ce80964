/** Documents of the local store. */

import { placeOf } from "@kintsugi/ports/documents";
import type { JsonObject } from "@kintsugi/ports/json";
import { allPages } from "../all-pages.ts";
import { type Common, configuration } from "../configuration.ts";
import { bodyOf, reach } from "../system.ts";
import { type ExitCode, Refusal, type CommandContext } from "../command-context.ts";

type Path = { readonly collection: string; readonly id: string };

export async function docGet(path: string, options: Common, context: CommandContext): Promise<ExitCode> {
  const { collection, id } = split(path);
  const config = await configuration(options, context);
  const data = await reach<JsonObject | undefined>(
    config,
    context,
    async (call) => {
      const answer = await call("GET", address({ collection, id }));
      return answer.status === 404 ? undefined : bodyOf(answer);
    },
    async ({ documents }) => (await documents.get(collection, id))?.data,
  );
  if (data === undefined) {
    if (options.json === true) context.out("null");
    context.remark(`there is no document ${path}`);
    return 1;
  }
  context.out(JSON.stringify(data, null, options.json === true ? 0 : 2));
  return 0;
}

export async function docSet(path: string, json: string, options: Common, context: CommandContext): Promise<ExitCode> {
  const { collection, id } = split(path);
  const data = parse(json);
  if (collection.startsWith("kintsugi_")) throw new Refusal(`${collection} is Kintsugi's own: it can be read, not written`);
  const config = await configuration(options, context);
  await reach(
    config,
    context,
    async (call) => void bodyOf(await call("PATCH", address({ collection, id }), data)),
    async ({ documents }) => await documents.commit({ writes: [{ op: "merge", collection, id, data }], publish: [], outbox: "cli" }),
  );
  context.out(options.json === true ? JSON.stringify({ path }) : `${path} set`);
  return 0;
}

export async function docDelete(path: string, options: Common, context: CommandContext): Promise<ExitCode> {
  const { collection, id } = split(path);
  if (collection.startsWith("kintsugi_")) throw new Refusal(`${collection} is Kintsugi's own: it can be read, not written`);
  const config = await configuration(options, context);
  await reach(
    config,
    context,
    async (call) => void bodyOf(await call("DELETE", address({ collection, id }))),
    async ({ documents }) => await documents.commit({ writes: [{ op: "delete", collection, id }], publish: [], outbox: "cli" }),
  );
  context.out(options.json === true ? JSON.stringify({ path }) : `${path} deleted`);
  return 0;
}

export async function docList(collection: string, options: Common, context: CommandContext): Promise<ExitCode> {
  const config = await configuration(options, context);
  const documents = await reach(
    config,
    context,
    async (call) => await allPages(call, collection),
    async (system) => (await system.documents.list(collection)).map(({ id, data }) => ({ id, data })),
  );
  if (options.json === true) context.out(JSON.stringify({ documents }));
  else for (const { id, data } of documents) context.out(`${id}  ${JSON.stringify(data)}`);
  return 0;
}

function split(path: string): Path {
  const place = placeOf(path);
  if (place === undefined) throw new Refusal(`${path} has not the form COLLECTION/ID`);
  // Firestore's rule too; an address would lose them.
  if (path.split("/").some((name) => name === "." || name === "..")) throw new Refusal(`${path}: . and .. are no names of documents`);
  return place;
}

function address({ collection, id }: Path): string {
  return `/documents/${encodeURIComponent(collection)}/${encodeURIComponent(id)}`;
}

function parse(json: string): JsonObject {
  try {
    const value = JSON.parse(json) as unknown;
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return value as JsonObject;
  } catch {
    // Told below, with the form that is wanted.
  }
  throw new Refusal(`${json.slice(0, 80)} is no JSON object such as '{"expected_players": 136}'`);
}
