/** Part of every run: publishes what changes of any function left behind, and tells of what cannot be published. It never makes a run fail. */

import type { Observation } from "@kintsugi/events/observation";
import { shorten } from "@kintsugi/events/shorten";
import type { Documents, Unpublished, Write } from "@kintsugi/ports/documents";
import { messageOf } from "@kintsugi/ports/failure";
import { z } from "zod";
import { deadLetters } from "./dead-letter.ts";
import type { Log } from "./deliver-events.ts";

/** A change that is younger may be on its way. */
const YOUNG_MS = 60_000;
const MAX_REASON = 500;

/**
 * Whom each function has told of, one document a function: whoever told that something waits says when it has left, so that what is said of
 * it ends also where the process that said it does not.
 */
const toldCollection = "kintsugi_unpublished";
const Told = z.object({ functions: z.array(z.string()) });

export type Swept = {
  readonly observations: readonly Observation[];
  readonly writes: readonly Write[];
  /** Called once the run is stored. */
  settle(): void;
};

type Parts = { readonly functionName: string; readonly documents: Documents };

export function sweepUnpublished(functionName: string, documents: Documents, log: Log): (nowMs: number) => Promise<Swept> {
  let told: readonly string[] | undefined;

  return async function sweep(nowMs) {
    try {
      const unpublished = await documents.sweepOutbox(nowMs - YOUNG_MS);
      const before = told ?? (await readTold({ functionName, documents }));
      const waiting = Map.groupBy(unpublished, functionOf);
      const mended = await mendedOf(before, waiting, documents);
      const after = [...new Set([...before.filter((name) => !mended.includes(name)), ...waiting.keys()])].sort();
      return {
        observations: [...[...waiting].map(findingOf), ...mended.map(mendedObservation)],
        writes: writesOf(functionName, before, after),
        settle: () => void (told = after),
      };
    } catch (error) {
      log({ severity: "WARNING", message: "outbox not swept", function: functionName, reason: messageOf(error) });
      return { observations: [], writes: [], settle: () => {} };
    }
  };
}

async function readTold({ functionName, documents }: Parts): Promise<readonly string[]> {
  const stored = await documents.get(toldCollection, functionName);
  return stored === undefined ? [] : Told.parse(stored.data).functions;
}

/** Events of ours are called `kintsugi/<function>`; what any function says of dead letters is called `kintsugi` alone. */
function functionOf({ source }: Unpublished): string {
  return source.replace(/^kintsugi\//, "") || "unknown";
}

/** A dead letter of the same function that waits for a person keeps its incident open. */
async function mendedOf(
  before: readonly string[],
  waiting: ReadonlyMap<string, unknown>,
  documents: Documents,
): Promise<readonly string[]> {
  const gone = before.filter((name) => !waiting.has(name));
  if (gone.length === 0) return [];
  const letters = await documents.list(deadLetters);
  const needing = new Set(letters.filter(({ data }) => data["needs_person"] === true).map(({ data }) => data["function"]));
  return gone.filter((name) => !needing.has(name));
}

function findingOf([name, waiting]: readonly [string, readonly Unpublished[]]): Observation {
  const topics = [...new Set(waiting.map(({ topic }) => topic))].sort();
  const count = waiting.length === 1 ? "an event waits" : `${waiting.length} events wait`;
  return {
    subject: { kind: "dead-letter", function: name },
    verdict: "finding",
    severity: "red",
    title: `${name} cannot publish: ${count} for topic ${topics.join(", ")}`,
    facts: [shorten(waiting[0]!.reason, MAX_REASON), "what they are about is stored, and nobody has heard of it"],
    next: [`let the service account publish to ${topics.map((topic) => `kintsugi-${topic}`).join(", ")}, which must exist`],
    channel: "watch",
  };
}

function mendedObservation(name: string): Observation {
  return { subject: { kind: "dead-letter", function: name }, verdict: "ok" };
}

function writesOf(id: string, before: readonly string[], after: readonly string[]): readonly Write[] {
  if (before.join("\n") === after.join("\n")) return [];
  if (after.length === 0) return [{ op: "delete", collection: toldCollection, id }];
  return [{ op: "set", collection: toldCollection, id, data: { functions: [...after] } }];
}
