/** On each question: the gate's checks are made for the day, and the decision is answered and published. */

import { dayBefore } from "@kintsugi/checks/business-day";
import { readCalendar } from "@kintsugi/checks/calendar";
import { evaluateChecks } from "@kintsugi/checks/evaluate";
import type { Config, Gate } from "@kintsugi/config/model";
import { fit } from "@kintsugi/events/fit";
import type { GateDecided } from "@kintsugi/events/gate";
import type { Dependencies, RouteOutcome, RouteRequest } from "@kintsugi/function-kit/declaration";
import { messageOf } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import { z } from "zod";
import { decideGate, type GateFacts, statusFor } from "./decide-gate.ts";
import { shorterDecisions } from "./trim-decision.ts";

const Question = z.strictObject({
  day: z.iso.date().optional(),
  consumer: z.string().max(256).default("unknown"),
  context: z.enum(["live", "backfill", "override"]).default("live"),
  actor: z.string().min(1).optional(),
  reason: z.string().min(1).optional(),
  expires: z.iso.datetime({ offset: true }).optional(),
});
type Question = z.infer<typeof Question>;

export function answerGate({ config, warehouse }: Pick<Dependencies, "config" | "warehouse">) {
  return async ({ params, body, nowMs }: RouteRequest): Promise<RouteOutcome> => {
    const gate = config.gates.find(({ name }) => name === params["gate"]);
    if (gate === undefined)
      return refuse(
        404,
        `there is no gate ${String(params["gate"]).slice(0, 100)}; there are ${config.gates.map(({ name }) => name).join(", ")}`,
      );
    const parsed = Question.safeParse(body);
    if (!parsed.success)
      return refuse(400, parsed.error.issues.map((issue) => `${issue.path.join(".") || "the body"}: ${issue.message}`).join("; "));
    const question = parsed.data;
    const fault = overrideFault(question, nowMs);
    if (fault !== undefined) return refuse(400, fault);
    const decided = await decide({ config, warehouse }, gate, question, nowMs);
    return {
      status: 200,
      body: decided as unknown as JsonObject,
      publish: [{ type: "gate.decided", purpose: "decided", subject: gate.name, data: fit(decided, shorterDecisions) }],
    };
  };
}

function overrideFault({ context, actor, reason, expires }: Question, nowMs: number): string | undefined {
  if (context !== "override") return undefined;
  if (actor === undefined || reason === undefined || expires === undefined) return "an override needs actor, reason and expires";
  return Date.parse(expires) <= nowMs ? `the override expired at ${expires}` : undefined;
}

async function decide(
  { config, warehouse }: Pick<Dependencies, "config" | "warehouse">,
  gate: Gate,
  question: Question,
  nowMs: number,
): Promise<GateDecided> {
  const checks = gate.checks.map((name) =>
    config.phases.flatMap((phase) => phase.checks).find((check) => `${check.phase}.${check.name}` === name)!,
  );
  const day = question.day ?? dayOf(config, checks, nowMs);
  const ignoreAge = question.context === "backfill";
  const asked = { config, warehouse, checks, nowMs, day: question.day, ignoreAge, namesEntities: true };
  const evaluated = await evaluateChecks(asked);
  const expected = evaluated.calendar.get(day) ?? (await calendarOf({ config, warehouse }, day, nowMs));
  const looks = evaluated.looks.filter((look) => look.day === day);
  const otherDays = [...evaluated.calendar].filter(([other]) => other !== day).map(([, other]) => other);
  const { verdict, ...found } = decideGate({ checks: evaluated.checks, ...expected, looks, otherDays }, gate);
  const { status, canProceed } = statusFor(verdict, gate.consumers[question.consumer] ?? "block");
  const isOverride = question.context === "override";
  return {
    ...found,
    status: isOverride && !canProceed ? "proceed_with_warning" : status,
    can_proceed: isOverride || canProceed,
    message: isOverride ? `overridden by ${question.actor}: ${question.reason} (${found.message})` : found.message,
    quality_metadata: { bytes: evaluated.bytes, queries: evaluated.queries, before: gate.before },
    gate: gate.name,
    day,
    consumer: question.consumer,
    context: question.context,
    verdict,
    checks: [...evaluated.checks],
    ...(isOverride ? { override: { actor: question.actor!, reason: question.reason!, expires: question.expires! } } : {}),
  };
}

function dayOf(config: Config, checks: Config["phases"][number]["checks"], nowMs: number): string {
  const dated = checks.find((check) => check.kind === "table" && check.on !== "any");
  const daysAgo = dated?.kind === "table" && dated.on !== "any" ? dated.on.daysAgo : 1;
  return dayBefore(nowMs, config.timezone, daysAgo);
}

/** Checks without a day do not ask the calendar; the counts of the decision still want it. */
async function calendarOf(
  { config, warehouse }: Pick<Dependencies, "config" | "warehouse">,
  day: string,
  nowMs: number,
): Promise<Pick<GateFacts, "listed" | "due" | "unreadable">> {
  if (config.calendar === undefined) return { listed: [], due: [] };
  try {
    return (await readCalendar(warehouse, config.calendar, day, nowMs)).expected;
  } catch (error) {
    return { listed: [], due: [], unreadable: messageOf(error) };
  }
}

function refuse(status: number, error: string): RouteOutcome {
  return { status, body: { error } };
}
