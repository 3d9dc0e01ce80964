/** What a finding is about, as a union, and its key as people see and link it. Nobody else builds a key or takes one apart. */

import { z } from "zod";
import { Channel, Id } from "./fields.ts";

export const Subject = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("check"), phase: Id, check: Id }),
  z.object({ kind: z.literal("service"), service: Id }),
  /** Services that run and that nobody watches, together. */
  z.object({ kind: z.literal("unwatched") }),
  z.object({ kind: z.literal("gate"), gate: Id }),
  z.object({ kind: z.literal("healer"), healer: Id }),
  z.object({ kind: z.literal("target"), healer: Id, target: Id }),
  /** Many targets of one healer that need a person, together. */
  z.object({ kind: z.literal("many"), healer: Id }),
  z.object({ kind: z.literal("blast-radius"), healer: Id }),
  z.object({ kind: z.literal("pattern"), pattern: Id, value: Id }),
  /** A function itself: whether its run could look. */
  z.object({ kind: z.literal("function"), function: Id }),
  /** A part of what a function looks at, and could not. */
  z.object({ kind: z.literal("blind-spot"), function: Id, about: Id }),
  z.object({ kind: z.literal("silence"), function: Id }),
  /** Work of a function that waits for a person. */
  z.object({ kind: z.literal("dead-letter"), function: Id }),
  /** Incidents that opened together, told as one. `at` is when, RFC 3339. */
  z.object({ kind: z.literal("storm"), channel: Channel, at: Id }),
]);
export type Subject = z.infer<typeof Subject>;

/** A target or service whose name is that of a sentinel, or begins as the escape does, is escaped by this. */
const ESCAPE = "=";
const SENTINELS = ["many", "blast-radius", "unwatched"];

export function subjectKey(subject: Subject): string {
  switch (subject.kind) {
    case "check":
      return `canary:${subject.phase}.${subject.check}`;
    case "service":
      return `drift:${escaped(subject.service)}`;
    case "unwatched":
      return "drift:unwatched";
    case "gate":
      return `gate:${subject.gate}`;
    case "healer":
      return `healer:${subject.healer}`;
    case "target":
      return `healer:${subject.healer}:${escaped(subject.target)}`;
    case "many":
    case "blast-radius":
      return `healer:${subject.healer}:${subject.kind}`;
    case "pattern":
      return `pattern:${subject.pattern}:${subject.value}`;
    case "function":
      return `unknown:${subject.function}`;
    case "blind-spot":
      return `unknown:${subject.function}:${subject.about}`;
    case "silence":
      return `watch:${subject.function}`;
    case "dead-letter":
      return `dead-letter:${subject.function}`;
    case "storm":
      return `storm:${subject.channel}:${subject.at}`;
  }
}

/**
 * The subject of a key; undefined for text that is none. Names of phases and checks may both hold dots: then the first one is taken for the
 * one between them, which gives a subject of the same key.
 */
export function parseSubject(key: string): Subject | undefined {
  const [kind, first = "", rest = ""] = split(key);
  const parsed = Subject.safeParse(candidate(kind, first, rest));
  return parsed.success && subjectKey(parsed.data) === key ? parsed.data : undefined;
}

function candidate(kind: string, first: string, rest: string): unknown {
  switch (kind) {
    case "canary": {
      const name = rest === "" ? first : `${first}:${rest}`;
      const dot = name.indexOf(".");
      return { kind: "check", phase: name.slice(0, Math.max(0, dot)), check: name.slice(dot + 1) };
    }
    case "drift":
      if (first === "unwatched" && rest === "") return { kind: first };
      return { kind: "service", service: unescaped(rest === "" ? first : `${first}:${rest}`) };
    case "gate":
      return { kind, gate: rest === "" ? first : `${first}:${rest}` };
    case "healer":
      if (rest === "") return { kind, healer: first };
      return rest === "many" || rest === "blast-radius"
        ? { kind: rest, healer: first }
        : { kind: "target", healer: first, target: unescaped(rest) };
    case "pattern":
      return { kind, pattern: first, value: rest };
    case "unknown":
      return rest === "" ? { kind: "function", function: first } : { kind: "blind-spot", function: first, about: rest };
    case "watch":
      return { kind: "silence", function: first };
    case "dead-letter":
      return { kind, function: first };
    case "storm":
      return { kind, channel: first, at: rest };
    default:
      return undefined;
  }
}

/** What the incident is about that opens when `by` could not look at a subject. */
export function blindSpotOf(by: string, subject: Subject): Subject {
  switch (subject.kind) {
    case "function":
    case "blind-spot":
      return subject;
    case "check":
      return { kind: "blind-spot", function: by, about: `${subject.phase}.${subject.check}` };
    case "service":
      return { kind: "blind-spot", function: by, about: subject.service };
    case "unwatched":
      return { kind: "blind-spot", function: by, about: subject.kind };
    case "gate":
      return { kind: "blind-spot", function: by, about: subject.gate };
    case "healer":
      return { kind: "blind-spot", function: by, about: subject.healer };
    case "target":
    case "many":
    case "blast-radius":
    case "pattern":
    case "silence":
    case "dead-letter":
    case "storm":
      return { kind: "blind-spot", function: by, about: subjectKey(subject) };
  }
}

/** Whether a later run will look at it again by itself. A gate is asked when somebody asks, and a dead letter waits for a person. */
export function isLookedAtAgain(subject: Subject): boolean {
  return subject.kind !== "gate" && subject.kind !== "dead-letter" && !(subject.kind === "blind-spot" && subject.function === "gate");
}

/** A group of subjects of which a run has named all that are not well: whatever else is open in it is over. */
export const Scope = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("checks") }),
  z.object({ kind: z.literal("services") }),
  z.object({ kind: z.literal("targets"), healer: Id }),
]);
export type Scope = z.infer<typeof Scope>;

export function isInScope(subject: Subject, scope: Scope): boolean {
  switch (scope.kind) {
    case "checks":
      return subject.kind === "check" || (subject.kind === "blind-spot" && subject.function === "canary");
    case "services":
      return subject.kind === "service" || subject.kind === "unwatched" || (subject.kind === "blind-spot" && subject.function === "drift");
    case "targets":
      return (subject.kind === "target" || subject.kind === "many" || subject.kind === "blast-radius") && subject.healer === scope.healer;
  }
}

function escaped(target: string): string {
  return SENTINELS.includes(target) || target.startsWith(ESCAPE) ? `${ESCAPE}${target}` : target;
}

function unescaped(target: string): string {
  return target.startsWith(ESCAPE) ? target.slice(ESCAPE.length) : target;
}

/** At the first two colons; the last part keeps its own. */
function split(key: string): readonly [string, string?, string?] {
  const first = key.indexOf(":");
  if (first < 0) return [key];
  const second = key.indexOf(":", first + 1);
  return second < 0
    ? [key.slice(0, first), key.slice(first + 1)]
    : [key.slice(0, first), key.slice(first + 1, second), key.slice(second + 1)];
}
