/** The decision as the caller gets it: what the data say, what that means to whom asks, and what people have said of it. Pure. */

import type { Gate } from "@kintsugi/config/model";
import type { GateDecided } from "@kintsugi/events/gate";
import { nameSome } from "@kintsugi/events/name-some";
import type { StoredMode } from "@kintsugi/function-kit/mode";
import { statusFor } from "./decide-gate.ts";
import type { DayOverride, Waiver } from "./gate-words.ts";
import type { Look } from "./look-at-data.ts";
import { observeGate } from "./observe-gate.ts";
import type { Question } from "./question.ts";

export type Asked = {
  readonly gate: Gate;
  readonly question: Question;
  readonly day: string;
  readonly look: Look;
  /** What people have said of this day. */
  readonly word: DayOverride | undefined;
  readonly waivers: readonly Waiver[];
};

export function answerQuestion({ gate, question, day, look, word, waivers }: Asked): GateDecided {
  const { facts, faults, bytes, queries } = look;
  const { verdict, ...found } = look.verdict;
  const override = overrideOf(question, word);
  const { status, canProceed } = statusFor(verdict, gate.consumers[question.consumer] ?? "block");
  const left = waivers.filter(({ entity }) => [facts, ...(facts.otherDays ?? [])].some(({ waived = [] }) => waived.includes(entity)));
  const message = `${found.message}${left.length === 0 ? "" : `; waived: ${nameSome(left.map(({ entity }) => entity))}`}`;
  const isForced = word !== undefined || (override !== undefined && !canProceed);
  const decided: Omit<GateDecided, "observations"> = {
    ...found,
    status: isForced ? "proceed_with_warning" : status,
    can_proceed: override !== undefined || canProceed,
    message: override === undefined ? message : `overridden by ${whoSaid(override)}: ${override.reason} (${message})`,
    quality_metadata: { bytes, queries, before: gate.before },
    gate: gate.name,
    day,
    consumer: question.consumer,
    context: question.context,
    verdict,
    checks: [...facts.checks],
    ...(override === undefined ? {} : { override }),
    waived: left.map((waiver) => ({ entity: waiver.entity, ...saidOf(waiver) })),
  };
  const cause = faults.find((fault) => fault.cause !== undefined)?.cause;
  const observations = observeGate({ decided, before: gate.before, isOverridden: word !== undefined, isBlind: faults.length > 0, cause });
  return { ...decided, observations: [...observations] };
}

/** A question's own override says it of itself; what was said of the day holds for all its questions. */
function overrideOf({ override }: Question, word: DayOverride | undefined): GateDecided["override"] {
  if (override !== undefined || word === undefined) return override;
  const { untilMs } = word;
  return { ...saidOf(word), ...(untilMs === undefined ? {} : { expires: new Date(untilMs).toISOString() }) };
}

type Said = Pick<Waiver, "actor" | "claimed" | "reason">;

function saidOf({ actor, claimed, reason }: Said): Said {
  return { actor, ...(claimed === undefined ? {} : { claimed }), reason };
}

/** Nobody has verified the name that was given. */
function whoSaid({ actor, claimed }: Omit<Said, "reason">): string {
  return claimed === undefined ? actor : `${actor} (as ${claimed})`;
}

/** While the pipeline rests, nobody looks at its data and nothing is held back. */
export function answerInMode({ gate, question, day }: Pick<Asked, "gate" | "question" | "day">, { mode, reason }: StoredMode): GateDecided {
  const message = reason === "" ? mode : `${mode}: ${reason}`;
  return {
    status: "proceed",
    can_proceed: true,
    quality_score: 1,
    message,
    completeness_pct: 100,
    expected_count: 0,
    actual_count: 0,
    missing_items: [],
    quality_issues: [],
    quality_metadata: { bytes: 0, queries: 0, before: gate.before },
    gate: gate.name,
    day,
    consumer: question.consumer,
    context: question.context,
    verdict: "proceed",
    severity: "info",
    checks: [],
    ...(question.override === undefined ? {} : { override: question.override }),
    waived: [],
    observations: [{ subject: { kind: "gate", gate: gate.name }, verdict: "not_applicable", day, reason: message }],
  };
}
