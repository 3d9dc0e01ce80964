/** What one batch of events or one tick works with: the memory that it reads and writes, the book of incidents, the windows. */

import type { Config } from "@kintsugi/config/model";
import type { Dependencies } from "@kintsugi/function-kit/declaration";
import { modeAt, modeId, operatorCollection } from "@kintsugi/function-kit/mode";
import { type Book, openBook } from "./book.ts";
import { type Memory, openMemory } from "./memory.ts";
import { openWindows, type Windows } from "./windows.ts";

export type Session = {
  readonly config: Config;
  readonly memory: Memory;
  readonly book: Book;
  readonly windows: Windows;
  readonly nowMs: number;
  /** In a mode such as off-season nothing is opened or posted. */
  readonly isMuted: boolean;
};

export async function openSession({ config, documents }: Pick<Dependencies, "config" | "documents">, nowMs: number): Promise<Session> {
  const memory = openMemory(documents);
  const isMuted = modeAt(await documents.get(operatorCollection, modeId), nowMs) !== "normal";
  return { config, memory, book: await openBook(memory, config, { isMuted, nowMs }), windows: openWindows(memory), nowMs, isMuted };
}
