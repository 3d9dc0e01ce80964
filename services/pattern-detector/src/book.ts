/** The book of incidents for one batch: judgements go in, changed incidents come out, each once. */

import type { Config, IncidentPolicy } from "@kintsugi/config/model";
import { derivedId } from "@kintsugi/events/event";
import type { NewEvent } from "@kintsugi/function-kit/declaration";
import { type Finding, type Incident, isMaterial, openIncident, REOPEN_MS, resolveIncident, seeAgain, snapshot } from "./incident.ts";
import type { Memory } from "./memory.ts";
import { explain } from "./roots.ts";

export const incidentsCollection = "kintsugi_incidents";
const streaksCollection = "kintsugi_streaks";

type Streak = { readonly bad: number; readonly good: number; readonly lastMs: number };

export type Judgement =
  /** `sinceMs`: when it began, where that is not the time of the judgement. */
  { readonly verdict: "bad"; readonly finding: Finding; readonly sinceMs?: number } | { readonly verdict: "good"; readonly key: string };

export type Book = {
  /** One run's judgement of one subject; one that is older than the last is history, and changes nothing. */
  judge(judgement: Judgement, policy: Pick<IncidentPolicy, "openAfter" | "closeAfter">, atMs: number): Promise<void>;
  /** Keys of open incidents that begin so. */
  openKeys(prefix: string): readonly string[];
  /** Keys that begin so and were judged bad last, open already or not yet. */
  badKeys(prefix: string): Promise<readonly string[]>;
  isOpen(key: string): boolean;
  /** Ends the reminders; with `untilMs` for so long. */
  acknowledge(key: string, actor: string, untilMs?: number): void;
  remind(nowMs: number, policyOf: (key: string) => IncidentPolicy): void;
  forget(nowMs: number): void;
  /** Decides who explains whom, stores what changed, and says what is worth telling. */
  close(): readonly NewEvent[];
};

/** @param isMuted in a mode such as off-season nothing opens */
export async function openBook(
  memory: Memory,
  config: Config,
  { isMuted, nowMs }: { readonly isMuted: boolean; readonly nowMs: number },
): Promise<Book> {
  const stored = await memory.list(incidentsCollection);
  const before = new Map([...stored.values()].map((data) => [String(data["key"]), data as unknown as Incident]));
  const incidents = new Map(before);
  const isOpen = (key: string): boolean => incidents.get(key)?.state === "open";

  async function judge(judgement: Judgement, policy: Pick<IncidentPolicy, "openAfter" | "closeAfter">, atMs: number): Promise<void> {
    const key = judgement.verdict === "bad" ? judgement.finding.key : judgement.key;
    const id = derivedId(key);
    const last = ((await memory.read(streaksCollection, id)) as Streak | undefined) ?? { bad: 0, good: 0, lastMs: 0 };
    if (atMs < last.lastMs) return;
    if (judgement.verdict === "good") {
      const good = last.good + 1;
      if (last.bad === 0 && !isOpen(key)) return;
      if (isOpen(key) && good < policy.closeAfter) {
        memory.write(streaksCollection, id, { key, bad: 0, good, lastMs: atMs });
        return;
      }
      if (isOpen(key)) incidents.set(key, resolveIncident(incidents.get(key)!, atMs));
      memory.remove(streaksCollection, id);
      return;
    }
    const bad = last.bad + 1;
    memory.write(streaksCollection, id, { key, bad, good: 0, lastMs: atMs });
    const incident = incidents.get(key);
    if (incident !== undefined && incident.state === "open") incidents.set(key, seeAgain(incident, judgement.finding, atMs));
    else if (!isMuted && bad >= policy.openAfter) incidents.set(key, openIncident(judgement.finding, incident, judgement.sinceMs ?? atMs));
  }

  function close(): readonly NewEvent[] {
    const changed: NewEvent[] = [];
    for (const [key, incident] of explain(incidents, config)) {
      const was = before.get(key);
      if (was === incidents.get(key) && !isMaterial(was, incident)) continue;
      const isTold = isMaterial(was, incident);
      // Reminders count from when people were told first.
      const lastReminderMs = incident.post && !incident.told ? nowMs : incident.lastReminderMs;
      const revision = isTold ? incident.revision + 1 : incident.revision;
      // What only others have changed, such as whom it explains, is neither opened nor resolved anew.
      const change = was !== undefined && was === incidents.get(key) ? "updated" : incident.change;
      const after = { ...incident, change, revision, told: incident.told || incident.post, lastReminderMs };
      const { thread: _thread, ...kept } = after;
      memory.write(incidentsCollection, derivedId(key), kept);
      if (isTold) changed.push(announcement(after));
    }
    for (const key of before.keys()) if (!incidents.has(key)) memory.remove(incidentsCollection, derivedId(key));
    return changed;
  }

  return {
    judge,
    isOpen,
    openKeys: (prefix) => [...incidents.keys()].filter((key) => key.startsWith(prefix) && isOpen(key)),
    async badKeys(prefix) {
      const streaks = [...(await memory.list(streaksCollection)).values()].map(({ key }) => String(key));
      return [...new Set([...streaks, ...incidents.keys()])].filter(
        (key) => key.startsWith(prefix) && (streaks.includes(key) || isOpen(key)),
      );
    },
    acknowledge(key, actor, untilMs) {
      const found = incidents.get(key);
      if (found === undefined) return;
      const { silencedUntilMs: _before, ...incident } = found;
      const until = untilMs === undefined ? {} : { silencedUntilMs: untilMs };
      incidents.set(key, { ...incident, ...until, acknowledged_by: actor, change: "acknowledged" });
    },
    remind(nowMs, policyOf) {
      for (const [key, incident] of incidents) {
        const isDue = nowMs - incident.lastReminderMs >= policyOf(key).remindMs;
        const isQuiet = incident.acknowledged_by !== undefined && nowMs < (incident.silencedUntilMs ?? Number.POSITIVE_INFINITY);
        if (incident.state !== "open" || !incident.told || !incident.post || isQuiet || !isDue || isMuted) continue;
        incidents.set(key, {
          ...incident,
          lastReminderMs: nowMs,
          change: "reminder",
          thread: `still open, since ${incident.opened.slice(0, 16)}Z`,
        });
      }
    },
    forget(nowMs) {
      for (const [key, incident] of incidents) {
        if (incident.state === "resolved" && nowMs - Date.parse(incident.resolved ?? incident.last_seen) >= REOPEN_MS)
          incidents.delete(key);
      }
    },
    close,
  };
}

function announcement(incident: Incident): NewEvent {
  const purpose = `incident:${incident.key}:${incident.opened}:${incident.revision}`;
  const type = incident.state === "resolved" ? "incident.resolved" : incident.revision === 1 ? "incident.opened" : "incident.updated";
  return { type, purpose, subject: incident.key, data: snapshot(incident) };
}
