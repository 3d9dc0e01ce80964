/** Reads a scenario file; every problem with its place, all at once. */

import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type PlaceOf, placesIn } from "@kintsugi/config/places";
import { messageOf } from "@kintsugi/ports/failure";
import { LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import type { Chaos } from "./chaos.ts";
import { checkStep } from "./check-step.ts";
import { Expectations, ScenarioForm, type Action, type Step } from "./scenario-form.ts";
import { parseDuration, parseInstant, parseTime } from "./times.ts";

export type Scenario = {
  readonly file: string;
  readonly directory: string;
  readonly name: string;
  /** A path, absolute, or the configuration itself. */
  readonly config: string | Record<string, unknown>;
  /** Where a part of an inline configuration stands. */
  readonly placeInConfig: PlaceOf;
  readonly startMs: number;
  readonly endMs: number;
  readonly seed: number;
  readonly chaos: Chaos;
  readonly given: readonly (Action & { readonly line: number })[];
  /** By time, and in the file's order within one; repetitions written out. */
  readonly steps: readonly TimedStep[];
  /** Steps at `end`. */
  readonly finale: readonly TimedStep[];
};

export type TimedStep = Step & { readonly atMs: number; readonly line: number };

export type ScenarioProblem = { readonly file: string; readonly line: number; readonly column: number; readonly message: string };

export async function loadScenario(file: string): Promise<{ scenario: Scenario } | { problems: readonly ScenarioProblem[] }> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    return { problems: [{ file, line: 1, column: 1, message: "cannot be read: is the path right?" }] };
  }
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, version: "1.2" });
  if (document.errors.length > 0) {
    return {
      problems: document.errors.map((error) => {
        const { line, col } = lineCounter.linePos(error.pos[0]);
        return { file, line, column: col, message: error.message.split("\n")[0]! };
      }),
    };
  }
  const place = placesIn(document, lineCounter);
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    // An alias without its anchor, or far too many of them, shows only here.
    return { problems: [{ file, line: 1, column: 1, message: messageOf(error) }] };
  }
  return readForm(value, file, place);
}

type Report = (path: readonly PropertyKey[], message: string) => void;
type Span = { readonly startMs: number; readonly endMs: number };
type Loaded = { scenario: Scenario } | { problems: readonly ScenarioProblem[] };

function readForm(value: unknown, file: string, place: PlaceOf): Loaded {
  const parsed = ScenarioForm.safeParse(value);
  if (!parsed.success) return { problems: parsed.error.issues.map((issue) => problemOf(issue, file, place)) };
  const problems: ScenarioProblem[] = [];
  const report: Report = (path, message) => void problems.push({ file, ...place(path), message });
  const form = parsed.data;
  const span = spanOf(form, report);
  if (span === undefined) return { problems };
  for (const [index, given] of form.given.entries())
    checkStep(given, (message, key = []) => report(["given", index, ...key], message), false);
  const timed = form.timeline.flatMap((step, index) => timedSteps(step, { path: ["timeline", index], span, place, report }));
  if (problems.length > 0) return { problems };
  const directory = dirname(resolve(file));
  const ordered = timed.filter(({ at }) => at !== "end").sort((one, other) => one.atMs - other.atMs);
  return {
    scenario: {
      file,
      directory,
      name: form.name,
      config: typeof form.config === "string" ? resolve(directory, form.config) : form.config,
      placeInConfig: (path, at) => place(["config", ...path], at),
      ...span,
      seed: form.seed,
      chaos: form.chaos,
      given: form.given.map((step, index) => ({ ...step, line: place(["given", index]).line })),
      steps: ordered,
      finale: timed.filter(({ at }) => at === "end"),
    },
  };
}

function spanOf({ start, end }: ScenarioForm, report: Report): Span | undefined {
  const startMs = parseInstant(start);
  const endMs = startMs === undefined ? undefined : endOf(end, startMs);
  if (startMs === undefined) report(["start"], `${start} is no instant such as 2026-02-05T14:00:00Z`);
  else if (endMs !== undefined && endMs >= startMs) return { startMs, endMs };
  else report(["end"], `${end} is neither a duration such as 6h nor an instant after the start`);
  return undefined;
}

type Reading = { readonly path: readonly PropertyKey[]; readonly span: Span; readonly place: PlaceOf; readonly report: Report };

/** One for each repetition. */
function timedSteps(step: Step, { path, span, place, report }: Reading): readonly TimedStep[] {
  const { line } = place(path);
  checkStep(step, (message, key = []) => report([...path, ...key], message), step.expect !== undefined);
  if (step.until !== undefined && step.every === undefined) report([...path, "until"], "`until` is for a step with `every`");
  if (step.at === "end" && step.every !== undefined) report([...path, "every"], "what stands at the end is done once");
  checkExpectations(step, (inner, message) => report([...path, "expect", ...inner], message));
  if (step.at === "end") return [{ ...step, atMs: span.endMs, line }];
  return timesOf(step, span, (key, message) => report([...path, key], message)).map((atMs) => ({ ...step, atMs, line }));
}

function endOf(text: string, startMs: number): number | undefined {
  const duration = parseDuration(text.startsWith("+") ? text.slice(1) : text);
  return duration === undefined ? parseInstant(text) : startMs + duration;
}

function timesOf(step: Step, { startMs, endMs }: Span, report: (key: string, message: string) => void): readonly number[] {
  const first = parseTime(step.at, { startMs, nowMs: startMs });
  if (first === undefined) report("at", `${step.at} is no time: 14:05, +5m, an instant, or end`);
  else if (first < startMs || first > endMs) report("at", `${step.at} is ${first < startMs ? "before the start" : "after the end"}`);
  else if (step.every === undefined) return [first];
  else {
    const every = parseDuration(step.every);
    const until = step.until === undefined ? endMs : parseTime(step.until, { startMs, nowMs: first });
    if (every === undefined || every <= 0) report("every", `${step.every} is no duration such as 5m`);
    else if (until === undefined) report("until", `${step.until} is no time`);
    else
      return Array.from(
        { length: Math.max(0, Math.floor((Math.min(until, endMs) - first) / every) + 1) },
        (_, index) => first + index * every,
      );
  }
  return [];
}

function checkExpectations(step: Step, report: (path: readonly PropertyKey[], message: string) => void): void {
  if (step.expect === undefined || step.gate !== undefined) return;
  const parsed = Expectations.safeParse(step.expect);
  if (!parsed.success) for (const issue of parsed.error.issues) report(issue.path, issue.message);
}

function problemOf(issue: z.core.$ZodIssue, file: string, place: PlaceOf): ScenarioProblem {
  const path = issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0]!] : issue.path;
  const where = path.length === 0 ? "" : `${path.join(".")}: `;
  return { file, ...place(path), message: `${where}${issue.message}` };
}
