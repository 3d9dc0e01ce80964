import { expect, test } from "vitest";
import { decideAction, type Press } from "./decide-action.ts";

const atMs = Date.parse("2026-02-05T20:00:00Z");
const key = "canary:raw.boxscores";
const incident = JSON.stringify({ incident: key });
const said = { actor: "ann", reason: "button in Slack" };

function press(action_id: string, value: string, user: Press["user"] = { id: "U1", username: "ann" }): Press {
  return { type: "block_actions", user, actions: [{ action_id, value, action_ts: "1770321600.000100" }] };
}

test.for<[name: string, given: Press, event: object]>([
  ["acknowledge", press("acknowledge", incident), { type: "incident.acknowledged", subject: key, data: { ...said, incident: key } }],
  [
    "silence for four hours",
    press("silence", incident),
    { type: "incident.silenced", subject: key, data: { ...said, incident: key, until: "2026-02-06T00:00:00.000Z" } },
  ],
  [
    "release a target",
    press("act", '{"healer":"batch_cleanup","target":"b1"}'),
    { type: "heal.released", subject: "b1", data: { ...said, healer: "batch_cleanup", target: "b1" } },
  ],
  ["a user without a name is told by the id", press("acknowledge", incident, { id: "U1" }), { data: { actor: "U1" } }],
  ["so is one whose name no id may have", press("acknowledge", incident, { id: "U1", name: "ann\u202e" }), { data: { actor: "U1" } }],
])("%s", ([, given, event]) => {
  expect(decideAction(given, undefined, atMs)).toMatchObject({ action: "say", event: { timeMs: atMs, ...event } });
});

test.for<[name: string, given: Press, operators: readonly string[] | undefined, reason: string]>([
  ["who is no operator", press("acknowledge", incident), ["U2"], "U1 is no operator: who may press stands under slack.operators"],
  [
    "anybody, where nobody is an operator",
    press("acknowledge", incident),
    [],
    "U1 is no operator: who may press stands under slack.operators",
  ],
  ["an unknown action", press("explode", incident), undefined, "there is no action explode; there are acknowledge, silence and act"],
  ["a value that is no JSON", press("acknowledge", "{"), undefined, "the button does not say what it is about"],
  ["a value about something else", press("act", incident), undefined, "the button does not say what it is about"],
])("refuses %s", ([, given, operators, reason]) => {
  expect(decideAction(given, operators, atMs)).toEqual({ action: "refuse", reason });
});

test("an operator may press", () => {
  expect(decideAction(press("acknowledge", incident), ["U2", "U1"], atMs)).toMatchObject({ action: "say" });
});
