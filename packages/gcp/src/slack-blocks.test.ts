import type { ChatMessage } from "@kintsugi/ports/chat";
import { expect, test } from "vitest";
import { type Block, slackBody, slackRemark } from "./slack-blocks.ts";

const message: ChatMessage = {
  key: "k",
  headline: "red: boxscores fails for 2026-02-04 · since 09:00 EST",
  facts: ["7 of 11 games", "missing g4, g9"],
  steps: ["kintsugi why canary:raw.boxscores"],
  notes: ["canary:raw.boxscores", "docs/runbooks/raw.md"],
  tone: "red",
  mention: false,
  actions: [{ name: "acknowledge", label: "Acknowledge", value: '{"incident":"canary:raw.boxscores"}' }],
};
const body = (change: Partial<ChatMessage> = {}) => slackBody({ ...message, ...change });
const textsOf = (blocks: readonly Block[]): string[] =>
  blocks.filter(({ type }) => type === "section").map((block) => (block["text"] as { text: string }).text);
const elementsOf = (blocks: readonly Block[], type: string): readonly { text: unknown }[] =>
  blocks.filter((block) => block.type === type).flatMap((block) => block["elements"] as { text: unknown }[]);

test("a message has its headline, its facts, its steps, the small print and the buttons, in this order", () => {
  expect(body().blocks).toEqual([
    { type: "section", text: { type: "mrkdwn", text: "🔴 *red: boxscores fails for 2026-02-04 · since 09:00 EST*", verbatim: true } },
    { type: "section", text: { type: "mrkdwn", text: "• 7 of 11 games\n• missing g4, g9", verbatim: true } },
    { type: "section", text: { type: "mrkdwn", text: "next: `kintsugi why canary:raw.boxscores`", verbatim: true } },
    {
      type: "context",
      elements: [
        { type: "mrkdwn", text: "canary:raw.boxscores", verbatim: true },
        { type: "mrkdwn", text: "docs/runbooks/raw.md", verbatim: true },
      ],
    },
    {
      type: "actions",
      elements: [
        {
          type: "button",
          action_id: "acknowledge",
          text: { type: "plain_text", text: "Acknowledge", emoji: true },
          value: '{"incident":"canary:raw.boxscores"}',
        },
      ],
    },
  ]);
});

test("the text says the same for notifications", () => {
  expect(body().text.split("\n")).toEqual([
    "🔴 *red: boxscores fails for 2026-02-04 · since 09:00 EST*",
    "• 7 of 11 games",
    "• missing g4, g9",
    "next: `kintsugi why canary:raw.boxscores`",
    "canary:raw.boxscores",
    "docs/runbooks/raw.md",
  ]);
});

test.for<[tone: ChatMessage["tone"], sign: string]>([
  ["critical", "🚨"],
  ["red", "🔴"],
  ["yellow", "🟡"],
  ["info", "ℹ️"],
  ["good", "✅"],
])("%s has the sign %s", ([tone, sign]) => {
  expect(body({ tone }).text.startsWith(`${sign} *`)).toBe(true);
  expect(textsOf(body({ tone }).blocks)[0]!.startsWith(`${sign} *`)).toBe(true);
});

test("a mention stands once, at the very beginning, and only where it is asked for", () => {
  for (const text of [body({ mention: true }).text, textsOf(body({ mention: true }).blocks)[0]!]) {
    expect(text.startsWith("<!here> 🔴 *")).toBe(true);
    expect(text.match(/<!/g)).toHaveLength(1);
  }
  expect(JSON.stringify(body())).not.toContain("<!");
});

// Each part that may hold data of a stranger.
const places: readonly [name: string, put: (hostile: string) => Partial<ChatMessage>][] = [
  ["headline", (hostile) => ({ headline: hostile })],
  ["fact", (hostile) => ({ facts: [hostile] })],
  ["step", (hostile) => ({ steps: [hostile] })],
  ["note", (hostile) => ({ notes: [hostile] })],
];
test.for(places)("a %s can neither mention anybody nor make a link or a line of its own", ([, put]) => {
  const { text, blocks } = body(put("<!channel> @here <https://evil.example|ok> `x`\n• forged"));
  for (const shown of [text, JSON.stringify(blocks)]) {
    expect(shown).not.toMatch(/<!|<h|@here|^• forged/m);
    expect(shown).not.toContain(`\\n• forged`);
  }
});

test("several steps are numbered", () => {
  expect(textsOf(body({ steps: ["look", "mend"] }).blocks)[2]).toBe("1. `look`\n2. `mend`");
});

test("what is empty has no block", () => {
  const { text, blocks } = body({ facts: [], steps: [], notes: [], actions: [] });
  expect(blocks.map(({ type }) => type)).toEqual(["section"]);
  expect(text.split("\n")).toHaveLength(1);
});

test("facts are shortened and the steps are not, in the blocks and in the text", () => {
  const steps = Array.from(
    { length: 100 },
    (_, index) => `kintsugi heal release batch_cleanup batch-${index} --reason "${"x".repeat(20)}"`,
  );
  const { text, blocks } = body({ facts: ["f".repeat(9_000)], steps });
  expect(textsOf(blocks).every((section) => section.length <= 3_000)).toBe(true);
  expect(textsOf(blocks)[1]!.endsWith("f…")).toBe(true);
  for (const shown of [text, textsOf(blocks).join("\n")]) for (const step of steps) expect(shown).toContain(step);
});

test("a text without its facts keeps the headline, the steps and the key", () => {
  const step = "s".repeat(5_000);
  const { text } = body({ steps: [step] });
  expect(text).toContain("boxscores fails");
  expect(text).not.toContain("7 of 11");
  expect(text.endsWith("docs/runbooks/raw.md")).toBe(true);
});

test("Slack's limits hold whatever there is to say", () => {
  const many = (length: number, text: string): string[] => Array.from({ length }, () => text);
  const { text, blocks } = body({
    headline: "&".repeat(9_000),
    facts: many(500, "🏀".repeat(100)),
    steps: many(200, "<".repeat(3_100)),
    notes: many(30, "n".repeat(400)),
    actions: many(30, "l".repeat(200)).map((label, index) => ({ name: `a${index}`, label, value: "v" })),
  });
  expect(blocks.length).toBeLessThanOrEqual(50);
  expect(text.length).toBeLessThanOrEqual(40_000);
  expect(textsOf(blocks).every((section) => section.length <= 3_000 && section.isWellFormed())).toBe(true);
  expect(elementsOf(blocks, "context")).toHaveLength(10);
  expect(elementsOf(blocks, "context").every((note) => String(note.text).length <= 3_000)).toBe(true);
  expect(elementsOf(blocks, "actions").length).toBeLessThanOrEqual(25);
  expect(elementsOf(blocks, "actions").every((button) => (button.text as { text: string }).text.length <= 75)).toBe(true);
  expect(blocks.at(-1)?.type).toBe("actions");
});

test("notes that do not fit into the small print's ten elements stand together in the last one", () => {
  const notes = Array.from({ length: 12 }, (_, index) => `n${index}`);
  expect(elementsOf(body({ notes }).blocks, "context").map(({ text }) => text)).toEqual([...notes.slice(0, 9), "n9 · n10 · n11"]);
});

test("a button whose value does not fit is left out, since a shortened value would mean something else", () => {
  const actions = [
    { name: "silence", label: "Silence", value: "v".repeat(2_001) },
    { name: "acknowledge", label: "Acknowledge", value: "v".repeat(2_000) },
  ];
  expect(elementsOf(body({ actions }).blocks, "actions")).toMatchObject([{ action_id: "acknowledge" }]);
});

test.for<[name: string, remark: { text: string; mention: boolean }, expected: string]>([
  ["a remark is text", { text: "worse: 3 < 11\nnow red", mention: false }, "worse: 3 &lt; 11\nnow red"],
  ["a remark may call", { text: "worse", mention: true }, "<!here> worse"],
  ["a remark's data calls nobody", { text: "<!channel> @here", mention: false }, "&lt;!channel&gt; @\u200bhere"],
])("%s", ([, remark, expected]) => {
  expect(slackRemark({ key: "k", isAloud: false, ...remark })).toBe(expected);
});

test("the runbook of the configuration is a link, and no other address is one, nor unseen signs or a line of its own", () => {
  const runbook = "https://wiki.example/raw";
  const bad = "https://evil.example\n✅ resolved \u202e<!channel> <https://evil.example|ok> www.evil.example";
  const { blocks, text } = body({ notes: [`runbook ${runbook}`, bad], facts: [bad], headline: bad, runbook });
  const shown = JSON.stringify(elementsOf(blocks, "context"));
  expect(shown).toContain("runbook <https://wiki.example/raw>");
  for (const said of [JSON.stringify(blocks).replace("<https://wiki.example/raw>", ""), text]) {
    expect(said).not.toMatch(/https?:\/\/|<!|<h|\u202e|www\./);
    expect(said).not.toMatch(/^✅/m);
  }
  expect(elementsOf(body({ notes: [`runbook ${runbook}`] }).blocks, "context")[0]?.text).toBe("runbook https:\u200b//wiki.example/raw");
});
