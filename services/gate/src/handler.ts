/** On each question: the gate's checks are made for the day, and the decision is answered and published. */

import type { Check, Config, Gate } from "@kintsugi/config/model";
import { fit } from "@kintsugi/events/fit";
import type { GateDecided } from "@kintsugi/events/gate";
import type { Dependencies, RouteOutcome, RouteRequest } from "@kintsugi/function-kit/declaration";
import { modeAt, modeId, operatorCollection, readMode } from "@kintsugi/function-kit/mode";
import type { JsonObject } from "@kintsugi/ports/json";
import { answerInMode, answerQuestion } from "./answer-question.ts";
import { overrideAt, readGateWords, waiversAt } from "./gate-words.ts";
import { lookAtData } from "./look-at-data.ts";
import { dayOf, parseQuestion, type Question } from "./question.ts";
import { shorterDecisions } from "./trim-decision.ts";
import { unknownGate } from "./unknown-gate.ts";

type Needs = Pick<Dependencies, "config" | "warehouse" | "documents" | "clock">;
type Asked = { readonly gate: Gate; readonly question: Question; readonly nowMs: number };

export function answerGate(needs: Needs) {
  const { gates } = needs.config;
  const names = gates.map(({ name }) => name);
  return async ({ params, body, nowMs, caller }: RouteRequest): Promise<RouteOutcome> => {
    const gate = gates.find(({ name }) => name === params["gate"]);
    if (gate === undefined) return refuse(404, unknownGate(String(params["gate"]), names));
    const question = parseQuestion(body, nowMs, caller);
    if ("fault" in question) return refuse(400, question.fault);
    const decided = await decide(needs, { gate, question, nowMs });
    const { observations: _observations, ...answer } = decided;
    return {
      status: 200,
      body: answer as unknown as JsonObject,
      publish: [{ type: "gate.decided", purpose: "decided", subject: gate.name, data: fit(decided, shorterDecisions) }],
    };
  };
}

async function decide({ config, warehouse, documents, clock }: Needs, { gate, question, nowMs }: Asked): Promise<GateDecided> {
  const checks = checksOf(config, gate);
  const day = question.day ?? dayOf(config, checks, nowMs);
  const document = await documents.get(operatorCollection, modeId);
  const mode = modeAt(document, nowMs) === "normal" ? undefined : readMode(document);
  if (mode !== undefined) return answerInMode({ gate, question, day }, mode);
  const { words } = await readGateWords(documents, gate.name);
  const waivers = waiversAt(words, nowMs);
  const request = {
    config,
    warehouse,
    checks,
    nowMs,
    day: question.day,
    ignoreAge: question.context === "backfill",
    namesEntities: true,
    waived: waivers.map(({ entity }) => entity),
  };
  const look = await lookAtData(request, day, gate, clock);
  return answerQuestion({ gate, question, day, look, word: overrideAt(words, day, nowMs), waivers });
}

function checksOf({ phases }: Config, gate: Gate): readonly Check[] {
  const all = phases.flatMap((phase) => phase.checks);
  return gate.checks.map((name) => all.find((check) => `${check.phase}.${check.name}` === name)!);
}

function refuse(status: number, error: string): RouteOutcome {
  return { status, body: { error } };
}
