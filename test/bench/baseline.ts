/** What an event costs at least: four SQLite commits that reach the disk, and one HTTP call on this machine. */

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const COMMITS = 4;
/** About what an event's document holds. */
const PAYLOAD = JSON.stringify({ text: "x".repeat(400) });

/** Milliseconds of each iteration. @param url of a server that answers at once */
export async function measureBaseline(folder: string, url: string, iterations: number): Promise<readonly number[]> {
  const database = new DatabaseSync(join(folder, `baseline-${performance.now()}.db`));
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE rows (id INTEGER PRIMARY KEY, data TEXT)");
  const insert = database.prepare("INSERT INTO rows (data) VALUES (?)");
  const samples: number[] = [];
  for (let iteration = 0; iteration < iterations; iteration++) {
    const began = performance.now();
    for (let commit = 0; commit < COMMITS; commit++) insert.run(PAYLOAD);
    const response = await fetch(url, { method: "POST", body: PAYLOAD });
    await response.json();
    samples.push(performance.now() - began);
  }
  database.close();
  return samples;
}
