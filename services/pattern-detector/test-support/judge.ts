/** Compares what the detector holds and says with what the oracle recalls, and with bounds that hold whatever happens. */

import type { IncidentRecord } from "../src/incident-record.ts";
import { type Noise, recall } from "./recall.ts";
import type { Remembered } from "./remembered.ts";
import { type Call, type Fact, HOUR, type World } from "./world.ts";

/** One fact, and what came of it. */
export type Chapter = { readonly fact: Fact; readonly calls: readonly Call[]; readonly records: ReadonlyMap<string, IncidentRecord> };

/** What is wrong after the last chapter; empty where all is as it must be. */
export function judge(chapters: readonly Chapter[], { rules }: World): readonly string[] {
  const last = chapters.at(-1)!;
  const { memory, noise } = recall(
    chapters.map(({ fact }) => fact),
    rules,
  );
  const wrong: string[] = [];
  for (const one of memory.values()) wrong.push(...differences(one, last.records.get(one.key)));
  for (const key of last.records.keys()) if (!memory.has(key)) wrong.push(`${key} is known to nobody`);
  // What was remarked in the middle of a batch may have become part of its post, so of a batch only the posts are compared.
  const isWhole = chapters.length < 2 || !isBatched(chapters.at(-2)!.fact);
  for (const [key, expected] of noise) wrong.push(...mishearings(key, expected, { calls: last.calls, isWhole }));
  return [...wrong, ...bounds(chapters, rules.reopenMs)];
}

function isBatched(fact: Fact): boolean {
  return fact.kind === "look" && fact.isBatched === true;
}

function differences(one: Remembered, record: IncidentRecord | undefined): readonly string[] {
  const { incident } = record ?? {};
  const isOpen = incident?.state === "open";
  const state = isOpen ? (incident.flapping ? "flapping" : "open") : "well";
  const days = (record?.days ?? []).map((day) => `${day.day} ${day.state}`).join();
  const expectedDays =
    one.days.size === 0
      ? ""
      : [...one.days]
          .map(([day, { state: of }]) => `${day} ${of}`)
          .sort()
          .join();
  const wrong: string[] = [];
  const compare = (what: string, actual: unknown, expected: unknown): void => {
    if (actual !== expected) wrong.push(`${one.key}: ${what} is ${String(actual)}, must be ${String(expected)}`);
  };
  compare("state", state, one.state);
  compare("days", days, expectedDays);
  if (!isOpen || one.state === "well") return wrong;
  compare("severity", incident.severity, one.severity);
  compare("root", incident.root, one.root);
  compare("told", record?.told, one.told);
  compare("opened", Date.parse(incident.opened), one.openedMs);
  return wrong;
}

const kinds = ["posts", "aloud", "reminders"] as const satisfies readonly (keyof Noise)[];

/** Heard is what is posted, or shown in the channel; a reminder is a quiet reply. */
function mishearings(
  key: string,
  expected: Noise,
  { calls, isWhole }: { readonly calls: readonly Call[]; readonly isWhole: boolean },
): readonly string[] {
  const own = calls.filter((call) => call.key === key);
  const posts = own.filter(({ kind }) => kind === "post").length;
  const aloud = own.filter(({ kind, isAloud }) => kind === "reply" && isAloud).length;
  const reminders = own.filter(
    ({ kind, incident, text }) => kind === "reply" && incident.change === "reminder" && text.startsWith("still open"),
  ).length;
  const actual: Noise = { posts, aloud, reminders };
  return (isWhole ? kinds : kinds.slice(0, 1))
    .filter((what) => actual[what] !== expected[what])
    .map((what) => `${key}: ${actual[what]} ${what}, must be ${expected[what]}`);
}

/** Whatever happens: one post for each message, posts of one key apart from each other, and people called only for what is critical. */
function bounds(chapters: readonly Chapter[], reopenMs: number): readonly string[] {
  const wrong: string[] = [];
  if (chapters.at(-1)!.calls.length === 0) return wrong;
  const posts = chapters.flatMap(({ calls }) => calls).filter(({ kind }) => kind === "post");
  for (const call of chapters.at(-1)!.calls) {
    const { key, message, incident } = call;
    if (call.mention && (incident.severity !== "critical" || incident.state !== "open" || !call.isAloud))
      wrong.push(`${key}: calls people in vain`);
    if (call.kind !== "post") continue;
    const same = posts.filter((post) => post.key === key);
    if (same.filter((post) => post.message === message).length > 1) wrong.push(`${message}: posted twice`);
    const openings = same.map((post) => Date.parse(post.incident.opened)).sort((a, b) => a - b);
    if (openings.some((openedMs, index) => index > 0 && openedMs - openings[index - 1]! < reopenMs))
      wrong.push(`${key}: posts follow too fast`);
    if (same.filter((post) => Date.parse(post.incident.opened) > Date.parse(incident.opened) - 24 * HOUR).length > 3)
      wrong.push(`${key}: floods`);
  }
  return wrong;
}
