/** Makes the checks of a gate for a day. What fails by a passing fault is tried again before the gate holds anything back for it. */

import { type AskCalendar, calendarAsker } from "@kintsugi/checks/ask-calendar";
import { type Evaluation, type EvaluationRequest, evaluateChecks } from "@kintsugi/checks/evaluate";
import type { Fault } from "@kintsugi/checks/fault-of";
import { metered } from "@kintsugi/checks/metered";
import type { Gate } from "@kintsugi/config/model";
import type { Clock } from "@kintsugi/ports/ports";
import { decideGate, type GateFacts, type GateVerdict } from "./decide-gate.ts";
import { withoutVeto } from "./on-trial.ts";

export type Look = {
  readonly verdict: GateVerdict;
  readonly facts: GateFacts;
  /** Why something could not be looked at, what could not be read first. */
  readonly faults: readonly Fault[];
  readonly bytes: number;
  readonly queries: number;
};

const PAUSES_MS = [1_000, 2_000, 3_000, 4_000];
/** Whoever asks gives up then. */
const PATIENCE_MS = 10_000;

export async function lookAtData(request: EvaluationRequest, day: string, gate: Gate, clock: Clock): Promise<Look> {
  const meter = metered(request.warehouse);
  const metering = { ...request, warehouse: meter.warehouse };
  const startedMs = clock.now();
  let look = await lookOnce(metering, day, gate);
  // What has not answered for long would keep the next look waiting as long.
  const tookMs = clock.now() - startedMs;
  for (const pauseMs of PAUSES_MS) {
    if (!mayPass(look) || clock.now() - startedMs + pauseMs + tookMs > PATIENCE_MS) break;
    await clock.sleep(pauseMs);
    look = await lookOnce(metering, day, gate);
  }
  return { ...look, bytes: meter.bytes(), queries: meter.queries() };
}

/** Only a block for what could not be looked at is worth waiting for: bad data stay bad. */
function mayPass({ verdict, facts, faults }: Pick<Look, "verdict" | "facts" | "faults">): boolean {
  const isBad = facts.checks.some((check) => check.verdict === "finding");
  return verdict.verdict === "block" && !isBad && faults.some(({ isPassing }) => isPassing);
}

async function lookOnce(request: EvaluationRequest, day: string, gate: Gate): Promise<Pick<Look, "verdict" | "facts" | "faults">> {
  const evaluated = await evaluateChecks(request);
  const judged = withoutVeto(evaluated.judged);
  const asked = await calendarOf(evaluated, day, calendarAsker(request));
  const facts: GateFacts = {
    checks: judged.map(({ result }) => result),
    ...asked.facts,
    looks: evaluated.looks.filter((look) => look.day === day),
    otherDays: [...evaluated.calendar].filter(([other]) => other !== day).map(([, other]) => other),
  };
  const faults = [...judged.flatMap(({ fault }) => fault ?? []), ...asked.faults];
  return { verdict: decideGate(facts, gate), facts, faults };
}

type CalendarFacts = { readonly facts: Pick<GateFacts, "listed" | "due" | "waived" | "unreadable">; readonly faults: readonly Fault[] };

/** Checks without a day do not ask the calendar; the counts of the decision still want it. */
async function calendarOf({ calendar }: Evaluation, day: string, askCalendar: AskCalendar): Promise<CalendarFacts> {
  const known = calendar.get(day);
  if (known !== undefined) return { facts: known, faults: [] };
  const answer = (await askCalendar([day])).get(day);
  if (answer === undefined) return { facts: { listed: [], due: [] }, faults: [] };
  if ("expected" in answer) return { facts: answer.expected, faults: [] };
  return { facts: { listed: [], due: [], unreadable: answer.unknown }, faults: [answer.fault] };
}
