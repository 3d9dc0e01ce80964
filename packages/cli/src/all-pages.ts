/** A whole collection from the host, which answers a page at a time. */

import type { JsonObject } from "@kintsugi/ports/json";
import { bodyOf, type HostCall } from "./system.ts";

type Listed = { readonly id: string; readonly data: JsonObject };

export async function allPages(call: HostCall, collection: string): Promise<readonly Listed[]> {
  const documents: Listed[] = [];
  for (let from: string | undefined = ""; from !== undefined;) {
    const page = bodyOf(await call("GET", `/documents/${encodeURIComponent(collection)}?from=${encodeURIComponent(from)}`));
    documents.push(...(page["documents"] as unknown as Listed[]));
    from = page["next"] as string | undefined;
  }
  return documents;
}
