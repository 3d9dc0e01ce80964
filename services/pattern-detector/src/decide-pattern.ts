/** Whether a pattern's condition holds over its window, and what people read of it. Pure. */

import { holds } from "@kintsugi/config/condition-holds";
import type { Pattern } from "@kintsugi/config/model";
import type { Severity } from "@kintsugi/events/fields";
import type { Trouble } from "@kintsugi/events/observation";
import { span } from "@kintsugi/events/span";
import type { Recent } from "./window-log.ts";
import type { Window } from "./windows.ts";

const DEFAULT_CONFIDENCE = 0.95;

export function patternHolds({ rule }: Pattern, { total, bad }: Pick<Window, "total" | "bad">): boolean {
  if (rule.kind === "count") return holds(rule.condition, total);
  if (total === 0 || total < rule.minEvents) return false;
  const share = rule.confidence === undefined ? bad / total : wilsonLower(bad, total, rule.confidence);
  return holds(rule.condition, share);
}

export function patternFinding(pattern: Pattern, window: Window): Trouble {
  const { severity } = pattern;
  const subject = { kind: "pattern", pattern: pattern.name, value: window.value } as const;
  const said = pattern.rule.kind === "count" ? tooOften(pattern, window) : tooOftenInVain(pattern, pattern.rule, window);
  return {
    subject,
    verdict: "finding",
    severity,
    ...said,
    next: [...nextSteps(severity, window)],
    channel: severity === "critical" ? "critical" : "healing",
    count: window.total,
  };
}

type Said = Pick<Trouble, "title" | "facts">;

function tooOften({ withinMs }: Pattern, { value, total, bad, recent }: Window): Said {
  return {
    title: `${value} healed ${total === 1 ? "once" : `${total} times`} in ${span(withinMs)}`,
    facts: [`${total - bad} of ${total} worked`, ...listed("last", recent)],
  };
}

function tooOftenInVain(
  { withinMs }: Pattern,
  rule: Extract<Pattern["rule"], { kind: "failure_rate" }>,
  { value, total, bad, recentBad }: Window,
): Said {
  const lower = percent(wilsonLower(bad, total, rule.confidence ?? DEFAULT_CONFIDENCE));
  return {
    title: `${value}: ${percent(bad / Math.max(1, total))} of ${total} repairs in ${span(withinMs)} did not work`,
    facts: [
      `${bad} of ${total} failed; called for at ${rule.condition.text} of at least ${rule.minEvents}`,
      ...listed("failed", recentBad),
      `the true share is at least ${lower} (${percent(rule.confidence ?? DEFAULT_CONFIDENCE)} sure)`,
    ],
  };
}

function listed(lead: string, acts: readonly Recent[]): readonly string[] {
  const words = acts.map(({ timeMs, target, cause, outcome }) => {
    const how = outcome === undefined || outcome === "effective" ? "" : `${outcome}, `;
    return `${new Date(timeMs).toISOString().slice(11, 16)}Z ${target} (${how}${cause})`;
  });
  return words.length === 0 ? [] : [`${lead}: ${words.join("; ")}`];
}

/** The graver it is, the sooner somebody should stop the healer and look. */
function nextSteps(severity: Severity, { value, recent, recentBad }: Window): readonly string[] {
  const last = recent.at(-1)?.target ?? value;
  switch (severity) {
    case "info":
    case "yellow":
      return ["kintsugi analyze: what is the top cause?", `kintsugi why ${last}: what happened to the last one?`];
    case "red":
      return [
        "kintsugi analyze --since 24h: what is the top cause?",
        `kintsugi why ${last}: what happened to the last one?`,
        "remove the cause today: a repair this often is part of the pipeline by now",
      ];
    case "critical":
      return [
        `kintsugi why ${recentBad.at(-1)?.target ?? last}: why did the last one not work?`,
        `kintsugi pause ${value} --reason "repairs fail": if repairing does harm`,
        "repair by hand what must not wait, then remove the cause",
      ];
  }
}

/** Lower end of Wilson's score interval (1927), one-sided. @param confidence 0.5 .. 1 */
export function wilsonLower(bad: number, total: number, confidence: number): number {
  if (total === 0) return 0;
  const z = normalQuantile(confidence);
  const share = bad / total;
  const centre = share + (z * z) / (2 * total);
  const margin = z * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total));
  return Math.max(0, (centre - margin) / (1 + (z * z) / total));
}

/** Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.23; error below 4.5e-4. */
function normalQuantile(probability: number): number {
  const t = Math.sqrt(-2 * Math.log(1 - Math.min(probability, 1 - 1e-12)));
  return t - (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t);
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 1_000) / 10} %`;
}
