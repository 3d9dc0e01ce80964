/** A message as plain text, for a terminal and for tests. Pure. */

import type { ChatMessage } from "@kintsugi/ports/chat";

export const SIGNS: Readonly<Record<ChatMessage["tone"], string>> = { critical: "🚨", red: "🔴", yellow: "🟡", info: "ℹ️", good: "✅" };

export function plainText({
  tone,
  headline,
  facts,
  steps,
  notes,
}: Pick<ChatMessage, "tone" | "headline" | "facts" | "steps" | "notes">): string {
  const numbered = steps.map((step, index) => (steps.length === 1 ? `next: ${step}` : `${index + 1}. ${step}`));
  const small = notes.length === 0 ? [] : [notes.join(" · ")];
  return [`${SIGNS[tone]} ${headline}`, ...facts.map((fact) => `• ${fact}`), ...numbered, ...small].join("\n");
}
