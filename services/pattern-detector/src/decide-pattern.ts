/** Whether a pattern's condition holds over its window, and what people read of it. Pure. */

import { holds } from "@kintsugi/config/condition-holds";
import type { Pattern } from "@kintsugi/config/model";
import { span } from "./findings.ts";
import type { Finding } from "./incident.ts";
import type { Window } from "./windows.ts";

export function patternHolds({ rule }: Pattern, { total, bad }: Pick<Window, "total" | "bad">): boolean {
  if (rule.kind === "count") return holds(rule.condition, total);
  if (total === 0 || total < rule.minEvents) return false;
  const share = rule.confidence === undefined ? bad / total : wilsonLower(bad, total, rule.confidence);
  return holds(rule.condition, share);
}

export function patternFinding(pattern: Pattern, window: Window): Finding {
  const { value, total, bad, recent } = window;
  const within = span(pattern.withinMs);
  const isRate = pattern.rule.kind === "failure_rate";
  const times = total === 1 ? "once" : `${total} times`;
  const title = isRate
    ? `${value}: ${percent(bad / Math.max(1, total))} of ${total} repairs in ${within} did not work`
    : `${value} healed ${times} in ${within}`;
  const lower = wilsonLower(bad, total, 0.95);
  return {
    key: `pattern:${pattern.name}:${value}`,
    severity: pattern.severity,
    title,
    facts: [
      `${total - bad} of ${total} worked${isRate ? `; the true failure share is at least ${percent(lower)} (95 %)` : ""}`,
      ...(recent.length === 0
        ? []
        : [
            `last: ${recent.map(({ timeMs, target, cause }) => `${new Date(timeMs).toISOString().slice(11, 16)}Z ${target} (${cause})`).join("; ")}`,
          ]),
    ],
    next: [
      "kintsugi analyze: what is the top cause?",
      `kintsugi why ${recent.at(-1)?.target ?? value}: what happened to the last one?`,
      "remove the cause, so that this is needed less often",
    ],
    channel: pattern.severity === "critical" ? "critical" : "healing",
    count: total,
  };
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
