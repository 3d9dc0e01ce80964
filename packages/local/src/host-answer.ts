/** Requests to the local host, and its answers. */

import type { Json } from "@kintsugi/ports/json";

export type HostRequest = {
  readonly method: string;
  /** As it came: still encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes as they came. */
  readonly body: Uint8Array;
};

export type HostAnswer = { readonly status: number; readonly body: Json };

export function ok(body: Json): HostAnswer {
  return { status: 200, body };
}

export function refuse(status: number, error: string): HostAnswer {
  return { status, body: { error } };
}

/** Undefined where a part is no percent-encoded UTF-8, or holds a NUL, which no store takes. */
export function decodeParts(parts: readonly string[]): readonly string[] | undefined {
  try {
    const decoded = parts.map(decodeURIComponent);
    return decoded.some((part) => part.includes("\0")) ? undefined : decoded;
  } catch {
    return undefined;
  }
}
