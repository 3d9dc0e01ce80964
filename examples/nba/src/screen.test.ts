import { expect, test } from "vitest";
import { openScreen } from "./screen.ts";

const at = Date.parse("2025-03-12T06:00:00Z");
const message = (kind: "post" | "edit", id: string, text: string) => ({ kind, channel: "#alerts", id, text });

function terminal() {
  const lines: string[] = [];
  let below = "";
  const live = { draw: (text: string) => void (below = text), clear: () => void (below = "") };
  return { lines, below: () => below, screen: openScreen({ write: (line) => void lines.push(line), live }) };
}

test("without a terminal each post and each edit is printed", () => {
  const lines: string[] = [];
  const screen = openScreen({ write: (line) => void lines.push(line) });
  screen.message(message("post", "1", "red: a fails"), at);
  screen.message(message("edit", "1", "resolved: a fails"), at);
  expect(lines).toEqual([
    "Wed, 12 Mar 06:00  #alerts (new message)\n                 │ red: a fails",
    "Wed, 12 Mar 06:00  #alerts (message edited)\n                 │ resolved: a fails",
  ]);
  expect(screen.posts()).toBe(1);
});

test("on a terminal a message stands below the lines and is edited in place", () => {
  const { lines, below, screen } = terminal();
  screen.message(message("post", "1", "red: a fails"), at);
  screen.line("somebody looks", at);
  screen.message(message("edit", "1", "resolved: a fails"), at);
  expect(lines).toEqual(["Wed, 12 Mar 06:00  somebody looks"]);
  expect(below()).toContain("resolved: a fails");
  expect(below()).not.toContain("red: a fails");
});

test("a third message moves the oldest up, a new scene and the end move up all that stand", () => {
  const { lines, below, screen } = terminal();
  for (const id of ["1", "2", "3"]) screen.message(message("post", id, `red: ${id}`), at);
  expect(lines.join()).toContain("red: 1");
  expect(below()).not.toContain("red: 1");
  screen.title("the next scene");
  expect(lines.join()).toMatch(/red: 2.*red: 3.*the next scene/s);
  screen.message(message("post", "4", "red: 4"), at);
  screen.close();
  expect(lines.at(-1)).toContain("red: 4");
  expect(below()).toBe("");
});
