import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { composeIncident } from "./compose.ts";
import { composeRepairs } from "./compose-repairs.ts";
import { goldenIncidents, goldenRepairs } from "./golden-messages.ts";
import { plainText } from "./plain-text.ts";

const setting = { pipeline: "nba", timezone: "Europe/Berlin", phases: [] };
const messages = {
  ...Object.fromEntries(Object.entries(goldenIncidents).map(([name, incident]) => [name, composeIncident(incident, setting)])),
  repairs: composeRepairs(goldenRepairs, setting),
};

test.for(Object.entries(messages))("people see %s as golden/ shows it", async ([name, message]) => {
  const buttons = message.actions.map(({ label }) => `[${label}]`).join(" ");
  const text = `${plainText(message)}${buttons === "" ? "" : `\n${buttons}`}\n`;
  const file = fileURLToPath(new URL(`../golden/${name}.txt`, import.meta.url));
  await expect(
    text,
    "if it is meant: rewrite with vitest run --project unit packages/notify -u, and read what changed",
  ).toMatchFileSnapshot(file);
});
