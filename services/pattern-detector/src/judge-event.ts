/** What a run's verdicts mean for incidents: findings, recoveries, and what could not be looked at. */

import type { IncidentPolicy } from "@kintsugi/config/model";
import { derivedId, type EventOf } from "@kintsugi/events/event";
import type { GateDecided } from "@kintsugi/events/gate";
import { canaryFinding, driftFinding, gateFinding, healerFinding, unknownFinding } from "./findings.ts";
import type { Session } from "./session.ts";

type Judged = EventOf<"canary.evaluated"> | EventOf<"drift.evaluated"> | EventOf<"gate.decided"> | EventOf<"run.completed">;

/** How one subject of a run came out. */
type Subject = {
  readonly name: string;
  readonly verdict: "ok" | "finding" | "unknown" | "not_applicable";
  readonly reason: string;
  readonly policy: IncidentPolicy;
};

const judgedCollection = "kintsugi_judged";

export async function judgeEvent(session: Session, event: Judged, atMs: number): Promise<void> {
  if (event.type === "run.completed" && event.data.healers === undefined) return;
  if (await isHistory(session, event, atMs)) return;
  switch (event.type) {
    case "canary.evaluated":
      return await judgeCanary(session, event, atMs);
    case "drift.evaluated":
      return await judgeDrift(session, event, atMs);
    case "gate.decided":
      return await judgeGate(session, event, atMs);
    case "run.completed":
      return await judgeHealers(session, event, atMs);
  }
}

/** A run that is older than the last one that was judged says nothing about now, also of what had nothing open then. */
async function isHistory({ memory }: Session, event: Judged, atMs: number): Promise<boolean> {
  const id = derivedId(event.type, event.type === "gate.decided" ? event.data.gate : "");
  const last = await memory.read(judgedCollection, id);
  if (last !== undefined && atMs < Number(last["lastMs"])) return true;
  memory.write(judgedCollection, id, { lastMs: atMs });
  return false;
}

async function judgeCanary(session: Session, { data }: EventOf<"canary.evaluated">, atMs: number): Promise<void> {
  const { config, book } = session;
  const checks = config.phases.flatMap((phase) => phase.checks);
  const subjects: Subject[] = [];
  for (const result of data.checks) {
    const name = `${result.phase}.${result.check}`;
    const policy = checks.find((check) => `${check.phase}.${check.name}` === name)?.incidents ?? config.incidents;
    subjects.push({ name, verdict: result.verdict, reason: result.reason ?? "", policy });
    if (result.verdict === "finding") await book.judge({ verdict: "bad", finding: canaryFinding(result, config) }, policy, atMs);
    else if (result.verdict === "ok") await book.judge({ verdict: "good", key: `canary:${name}` }, policy, atMs);
  }
  await judgeUnknown(session, "canary", subjects, atMs);
}

async function judgeDrift(session: Session, { data }: EventOf<"drift.evaluated">, atMs: number): Promise<void> {
  const { config, book } = session;
  const subjects: Subject[] = [];
  for (const result of data.services) {
    const policy = config.drift?.services.find(({ name }) => name === result.service)?.incidents ?? config.incidents;
    subjects.push({ name: result.service, verdict: result.verdict, reason: result.text, policy });
    if (result.verdict === "finding") await book.judge({ verdict: "bad", finding: driftFinding(result) }, policy, atMs);
    else if (result.verdict === "ok") await book.judge({ verdict: "good", key: `drift:${result.service}` }, policy, atMs);
  }
  await judgeUnknown(session, "drift", subjects, atMs);
}

/** Only a block opens, and the next other decision resolves: the decision as its caller got it, which for one that is only warned is no block. */
async function judgeGate({ config, book }: Session, { data }: EventOf<"gate.decided">, atMs: number): Promise<void> {
  const policy = config.gates.find(({ name }) => name === data.gate)?.incidents ?? config.incidents;
  if (data.status !== "block") await book.judge({ verdict: "good", key: `gate:${data.gate}` }, policy, atMs);
  else await book.judge({ verdict: "bad", finding: gateFinding(data) }, policy, atMs);
  await judgeBlindGate(book, data, policy, atMs);
}

/** A gate that lets pass what it cannot look at tells nobody by itself; one that blocks for it has said so. */
async function judgeBlindGate(book: Session["book"], data: GateDecided, policy: IncidentPolicy, atMs: number): Promise<void> {
  const each = { openAfter: policy.unknownAfter, closeAfter: policy.closeAfter };
  const unknown = data.checks.find(({ verdict }) => verdict === "unknown");
  if (unknown === undefined) await book.judge({ verdict: "good", key: `unknown:gate:${data.gate}` }, each, atMs);
  else if (data.verdict !== "block")
    await book.judge({ verdict: "bad", finding: unknownFinding("gate", data.gate, unknown.reason ?? "a check cannot look") }, each, atMs);
}

async function judgeHealers(session: Session, { data }: EventOf<"run.completed">, atMs: number): Promise<void> {
  const { config, book } = session;
  const policy = config.incidents;
  const subjects: Subject[] = [];
  for (const run of data.healers ?? []) {
    subjects.push({ name: run.healer, verdict: run.verdict, reason: run.reason ?? "", policy });
    if (run.verdict !== "ok") continue;
    const told = run.told.map((one) => healerFinding(run.healer, one));
    for (const finding of told) await book.judge({ verdict: "bad", finding }, policy, atMs);
    // Told of together, single ones are not named: that says nothing of them.
    const isTogether = run.told.some(({ target }) => target === "blast-radius" || target === "many");
    const keys = new Set(told.map(({ key }) => key));
    for (const key of isTogether ? [] : await book.badKeys(`healer:${run.healer}:`)) {
      if (!keys.has(key)) await book.judge({ verdict: "good", key }, policy, atMs);
    }
  }
  await judgeUnknown(session, data.function, subjects, atMs);
}

/**
 * A run that could see nothing is one incident; one that could not see some of it is one for each of these. What is not applicable was
 * looked at, so it makes a run see; of itself it says nothing, and a run of nothing else neither opens nor resolves.
 */
async function judgeUnknown({ config, book }: Session, functionName: string, subjects: readonly Subject[], atMs: number): Promise<void> {
  const judged = subjects.filter(({ verdict }) => verdict !== "not_applicable");
  if (judged.length === 0) return;
  const isBlind = subjects.every(({ verdict }) => verdict === "unknown");
  const unknownAfter = Math.min(...judged.map(({ policy }) => policy.unknownAfter));
  const whole = { openAfter: unknownAfter, closeAfter: config.incidents.closeAfter };
  if (isBlind) await book.judge({ verdict: "bad", finding: unknownFinding(functionName, undefined, judged[0]!.reason) }, whole, atMs);
  else await book.judge({ verdict: "good", key: `unknown:${functionName}` }, whole, atMs);
  for (const { name, verdict, reason, policy } of judged) {
    // A blind run counts for each of them; where the one for all tells of it, it opens none.
    const isTold = isBlind && book.isOpen(`unknown:${functionName}`);
    const each = { openAfter: isTold ? Number.POSITIVE_INFINITY : policy.unknownAfter, closeAfter: policy.closeAfter };
    if (verdict !== "unknown") await book.judge({ verdict: "good", key: `unknown:${functionName}:${name}` }, each, atMs);
    else await book.judge({ verdict: "bad", finding: unknownFinding(functionName, name, reason) }, each, atMs);
  }
}
