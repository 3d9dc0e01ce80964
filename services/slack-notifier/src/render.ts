/** A message for people: headline first, at most four facts, the next step. Pure. */

import type { IncidentChanged, RepairsRecorded } from "@kintsugi/events/alerts";
import { maskText } from "@kintsugi/function-kit/mask";
import type { ChatMessage } from "@kintsugi/ports/chat";

/** Slack's limits: 3,000 characters in a section, 150 in a header. */
const MAX_SECTION = 3_000;

const SIGNS: Readonly<Record<IncidentChanged["severity"], string>> = { info: "ℹ️", yellow: "🟡", red: "🔴", critical: "🚨" };

/** @param mention only on the first post of something critical */
export function renderIncident(incident: IncidentChanged, { mention }: { readonly mention: boolean }): Omit<ChatMessage, "key"> {
  const { state, severity, title, facts, next, runbook, opened, resolved, explains, root, acknowledged_by: actor, count } = incident;
  const sign = state === "resolved" ? "✅" : SIGNS[severity];
  const since = state === "resolved" ? `from ${minute(opened)} to ${minute(resolved ?? incident.last_seen)}` : `since ${minute(opened)}`;
  const headline = `${sign} ${state === "resolved" ? "resolved" : severity}: ${title}`;
  const lines = [
    `*${safe(headline)}* · ${since}${count > 1 && !title.includes("times in") ? ` · ${count} times` : ""}`,
    ...facts.slice(0, 4).map((fact) => `• ${safe(fact)}`),
    ...(root === undefined ? [] : [`explained by ${safe(root)}`]),
    ...(explains.length === 0 ? [] : [`also broken because of this: ${explains.map(safe).join(", ")}`]),
    ...(actor === undefined ? [] : [`acknowledged by ${safe(actor)}`]),
    ...(state === "resolved"
      ? []
      : next.map((step, index) => (next.length === 1 ? `next: \`${safe(step)}\`` : `${index + 1}. ${safe(step)}`))),
    ...(runbook === undefined || state === "resolved" ? [] : [`runbook: ${safe(runbook)}`]),
  ];
  const text = `${mention ? "<!here> " : ""}${lines.join("\n")}`;
  return { text: cut(text), blocks: [section(text)] };
}

export function renderRepairs({ healer, day, count, repairs }: RepairsRecorded): Omit<ChatMessage, "key"> {
  const lines = [
    `*🔧 ${safe(healer)} repaired ${count === 1 ? "once" : `${count} times`} on ${day}*, each proved`,
    ...repairs
      .slice(-10)
      .map(({ time, target, cause, text }) => `• ${time.slice(11, 16)}Z ${safe(target)}: ${safe(text)} (cause: ${safe(cause)})`),
  ];
  const text = lines.join("\n");
  return { text: cut(text), blocks: [section(text)] };
}

function section(text: string): { type: string; text: { type: string; text: string } } {
  return { type: "section", text: { type: "mrkdwn", text: cut(text) } };
}

/** Never splits a pair of surrogates. */
function cut(text: string): string {
  return text.length <= MAX_SECTION
    ? text
    : `${text
        .slice(0, MAX_SECTION - 2)
        .toWellFormed()
        .replace(/\u{FFFD}$/u, "")}…`;
}

/** What comes from data can neither mention anybody nor hold a secret or a link of its own. */
function safe(text: string): string {
  return maskText(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/@(here|channel|everyone)\b/g, "@\u200b$1")
    .replaceAll("`", "'");
}

function minute(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 16)}Z`;
}
