/** The small pipelines that histories happen in, and what happens there: the language of generator, player and oracle. */

import { parseConfig } from "@kintsugi/config/load";
import type { Config } from "@kintsugi/config/model";
import type { IncidentChanged } from "@kintsugi/events/alerts";
import type { Severity, Verdict } from "@kintsugi/events/fields";
import { type Subject, subjectKey } from "@kintsugi/events/subject";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const START_MS = Date.parse("2026-11-24T06:00:00Z");

/** One observation of a look. */
export type Seen = {
  readonly subject: Subject;
  readonly verdict: Verdict;
  readonly severity: Severity;
  readonly day?: string;
  readonly targets?: readonly string[];
  readonly cause?: string;
};

/** `nowMs` is when the detector hears of it. */
export type Fact =
  /** `stream`: an older look of the same stream says nothing about now. */
  | {
      readonly kind: "look";
      readonly by: string;
      readonly stream: string;
      readonly atMs: number;
      readonly nowMs: number;
      readonly seen: readonly Seen[];
      /** Comes in one batch with the next fact. */
      readonly isBatched?: boolean;
    }
  | { readonly kind: "tick"; readonly nowMs: number }
  | {
      readonly kind: "word";
      readonly word: "acknowledged" | "silenced" | "closed";
      readonly key: string;
      readonly day?: string;
      readonly untilMs?: number;
      readonly nowMs: number;
    };

/** What people noticed of one fact. */
export type Call = {
  readonly kind: "post" | "edit" | "reply";
  /** Of the incident. */
  readonly key: string;
  /** The message: one for each incident that is not the same as before. */
  readonly message: string;
  readonly isAloud: boolean;
  readonly mention: boolean;
  /** Of a reply. */
  readonly text: string;
  readonly incident: IncidentChanged;
};

export const upstream = { kind: "check", phase: "raw", check: "boxscores" } as const;
export const middle = { kind: "check", phase: "analytics", check: "summary" } as const;
export const downstream = { kind: "check", phase: "props", check: "active" } as const;
export const gate = { kind: "gate", gate: "g" } as const;
export const service = { kind: "service", service: "worker" } as const;
/** From the first phase to the last. */
export const checks: readonly Subject[] = [upstream, middle, downstream];

export const upstreamKey = subjectKey(upstream);
export const gateKey = subjectKey(gate);

/** What holds for every incident of a world, in the words of the configuration. */
export type Rules = {
  readonly openAfter: number;
  readonly closeAfter: number;
  readonly unknownAfter: number;
  readonly remindMs: number;
  readonly reopenMs: number;
  readonly openDaysMs: number;
};

export type World = { readonly rules: Rules; readonly config: Config };

const texts: readonly string[] = [
  "",
  "incidents: { open_after: 2, close_after: 2 }",
  "incidents: { remind: 1h, reopen: 2h, open_days: 2, unknown_after: 1 }",
];

export const worlds: readonly World[] = texts.map((incidents) => {
  const config = configOf(incidents);
  const { openAfter, closeAfter, unknownAfter, remindMs, reopenMs, openDaysMs } = config.incidents;
  return { config, rules: { openAfter, closeAfter, unknownAfter, remindMs, reopenMs, openDaysMs } };
});

function configOf(incidents: string): Config {
  const check = 'sql: select 1 as n, metrics: { n: { fail: "< 1" } }';
  const text = `version: 1
pipeline: test
timezone: UTC
phases:
  raw: { checks: { boxscores: { ${check} } } }
  analytics: { checks: { summary: { ${check} } } }
  props: { checks: { active: { ${check} } } }
gates: { g: { before: analytics, checks: [raw.boxscores] } }
drift: { history: { git: . }, deployments: { file: d.json }, services: { worker: { paths: [worker] } } }
${incidents}
`;
  const loaded = parseConfig(text, { file: "/world/kintsugi.yaml", env: {} });
  if ("config" in loaded) return loaded.config;
  throw new Error(JSON.stringify(loaded.problems));
}
