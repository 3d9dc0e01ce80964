/** A message as Slack shows it: blocks, and the same as text for notifications and for receivers of text alone. Pure. */

import { SIGNS } from "@kintsugi/notify/plain-text";
import type { ChatAction, ChatMessage, ChatRemark } from "@kintsugi/ports/chat";
import { bold, codeLines, cut, link, packed, safe } from "./slack-text.ts";

/** Limits: https://docs.slack.dev/reference/block-kit/blocks */
const MAX_SECTION = 3_000;
const MAX_BLOCKS = 50;
const MAX_CONTEXT_ELEMENTS = 10;
const MAX_BUTTONS = 5;
const MAX_BUTTON_TEXT = 75;
const MAX_VALUE = 2_000;
const MAX_ACTION_ID = 255;
/** Slack shows a text in one piece up to here, and takes ten times as much. */
const MAX_TEXT = 4_000;
const MAX_WHOLE_TEXT = 40_000;

export type Block = { readonly type: string } & Readonly<Record<string, unknown>>;
export type SlackBody = { readonly text: string; readonly blocks: readonly Block[] };

const MENTION = "<!here> ";

/** The facts are shortened, the steps never. */
export function slackBody(message: ChatMessage): SlackBody {
  return { text: textOf(message), blocks: blocksOf(message) };
}

export function slackRemark({ text, mention }: ChatRemark): string {
  const lines = text.split("\n").map(safe);
  return `${mention ? MENTION : ""}${cut(lines.join("\n"), MAX_SECTION)}`;
}

function blocksOf({ facts, steps, notes, actions, runbook, ...rest }: ChatMessage): readonly Block[] {
  const around = [
    ...(notes.length === 0 ? [] : [{ type: "context", elements: notesOf(notes, runbook).map(mrkdwn) }]),
    ...(buttonsOf(actions).length === 0 ? [] : [{ type: "actions", elements: buttonsOf(actions) }]),
  ];
  const said = [
    section(headlineOf(rest)),
    ...(facts.length === 0 ? [] : [section(factsOf(facts, MAX_SECTION))]),
    ...packed(stepLines(steps), MAX_SECTION).map(section),
  ];
  return [...said.slice(0, MAX_BLOCKS - around.length), ...around];
}

function textOf({ facts, steps, notes, ...rest }: ChatMessage): string {
  const headline = headlineOf(rest);
  const below = [...stepLines(steps), ...notes.map(safe)].join("\n");
  const room = MAX_TEXT - headline.length - below.length - 2;
  const told = facts.length === 0 || room < 2 ? "" : factsOf(facts, room);
  return cut([headline, told, below].filter((part) => part !== "").join("\n"), MAX_WHOLE_TEXT);
}

function headlineOf({ tone, headline, mention }: Pick<ChatMessage, "tone" | "headline" | "mention">): string {
  const sign = `${mention ? MENTION : ""}${SIGNS[tone]} `;
  return `${sign}${bold(headline, MAX_SECTION - sign.length)}`;
}

function factsOf(facts: readonly string[], max: number): string {
  return cut(facts.map((fact) => `• ${safe(fact)}`).join("\n"), max);
}

function stepLines(steps: readonly string[]): readonly string[] {
  return steps.flatMap((step, index) => codeLines(steps.length === 1 ? "next: " : `${index + 1}. `, step, MAX_SECTION));
}

/** What does not fit into the elements stands in the last one. */
function notesOf(notes: readonly string[], runbook: string | undefined): readonly string[] {
  const own = notes.length <= MAX_CONTEXT_ELEMENTS ? notes.length : MAX_CONTEXT_ELEMENTS - 1;
  const shown = notes.map((note) => (note === `runbook ${runbook}` ? `runbook ${link(note.slice("runbook ".length))}` : safe(note)));
  const rest = shown.slice(own).join(" · ");
  return [...shown.slice(0, own), ...(rest === "" ? [] : [rest])].map((note) => cut(note, MAX_SECTION));
}

/** A value that was shortened would mean something else: such a button is left out. */
function buttonsOf(actions: readonly ChatAction[]): readonly Block[] {
  return actions
    .filter(({ name, value }) => name.length <= MAX_ACTION_ID && value.length <= MAX_VALUE)
    .slice(0, MAX_BUTTONS)
    .map(({ name, label, value }) => ({
      type: "button",
      action_id: name,
      text: { type: "plain_text", text: cut(label, MAX_BUTTON_TEXT), emoji: true },
      value,
    }));
}

function section(text: string): Block {
  return { type: "section", text: mrkdwn(text) };
}

function mrkdwn(text: string): Block {
  // Nothing but what is written as a link or a mention becomes one.
  return { type: "mrkdwn", text, verbatim: true };
}
