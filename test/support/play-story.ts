/** Plays a story as `kintsugi test` does. */

import { join } from "node:path";
import { testCommand } from "@kintsugi/simulator/test-command";

export const storiesFolder = join(import.meta.dirname, "..", "scenarios");

/** @param name of a file, from the stories' folder */
export async function playStory(name: string, chaos?: "redeliver" | "reorder" | "storm"): Promise<{ code: number; told: string }> {
  const lines: string[] = [];
  const options = {
    json: false,
    trace: false,
    env: {},
    elapsed: () => performance.now(),
    write: (line: string) => void lines.push(line),
    progress: (line: string) => void lines.push(line),
  };
  const code = await testCommand([join(storiesFolder, name)], { ...options, ...(chaos === undefined ? {} : { chaos }) });
  return { code, told: lines.join("\n") };
}
