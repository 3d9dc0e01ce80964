/** What the demonstration shows: lines one after the other; on a terminal the messages stand below them and are edited in place. */

import type { TerminalLine } from "@kintsugi/local/terminal-chat";

export type Screen = {
  line(text: string, ms: number): void;
  title(text: string): void;
  message(line: TerminalLine, ms: number): void;
  clock(ms: number): void;
  /** Messages that people got so far; edits are none. */
  posts(): number;
  close(): void;
};

/** The part of a terminal below the lines, drawn anew each time. */
export type Live = { draw(text: string): void; clear(): void };

/** So many messages stand in the live part; an older one moves up among the lines, as it stands then. */
const MAX_LIVE = 2;
const SIGNS = { post: "new message", edit: "message edited", reply: "reply" } as const;

type Shown = { readonly line: TerminalLine; readonly ms: number };

export function openScreen({ write, live }: { readonly write: (line: string) => void; readonly live?: Live }): Screen {
  const standing = new Map<string, Shown>();
  let posts = 0;
  let time = "";

  const draw = (): void => live?.draw([...[...standing.values()].map(block), `  ${time}`].join("\n"));
  function print(text: string): void {
    live?.clear();
    write(text);
    draw();
  }
  function letGo(keep: number): void {
    for (const [key, shown] of [...standing].slice(0, Math.max(0, standing.size - keep))) {
      standing.delete(key);
      print(block(shown));
    }
  }

  return {
    line: (text, ms) => print(`${stamp(ms)}  ${text}`),
    title(text) {
      letGo(0);
      print(`\n── ${text}`);
    },
    message(line, ms) {
      if (line.kind === "post") posts++;
      if (live === undefined || line.kind === "reply") return print(block({ line, ms }));
      standing.set(`${line.channel} ${line.id}`, { line, ms });
      letGo(MAX_LIVE);
      draw();
    },
    clock(ms) {
      time = stamp(ms);
      draw();
    },
    posts: () => posts,
    close() {
      letGo(0);
      live?.clear();
    },
  };
}

function block({ line: { kind, channel, text }, ms }: Shown): string {
  const lines = text.split("\n").map((each) => `                 │ ${each}`);
  return [`${stamp(ms)}  ${channel} (${SIGNS[kind]})`, ...lines].join("\n");
}

function stamp(ms: number): string {
  return new Date(ms).toUTCString().slice(0, 22).replace(/ 2025/, "");
}
