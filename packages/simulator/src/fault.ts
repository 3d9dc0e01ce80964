/** What goes wrong at a port for a while, and what can go wrong at which port. */

import type { FailureClass } from "@kintsugi/ports/failure";
import { z } from "zod";

/** How the calls of a port go wrong. */
export const CallFault = z.enum(["unavailable", "slow", "hang", "ambiguous", "denied", "partial", "rate_limited"]);
export type CallFault = z.infer<typeof CallFault>;

const PublishFault = z.literal("publish-fails-after-commit");
const ClockFault = z.enum(["ahead", "back"]);
const kinds = [...CallFault.options, PublishFault.value, ...ClockFault.options] as const;
type FaultKind = (typeof kinds)[number];

/** Nothing is written to these, so that no write of theirs can be ambiguous. */
const readOnly = CallFault.options.filter((kind) => kind !== "ambiguous");

const kindsOf = {
  warehouse: CallFault.options,
  documents: CallFault.options,
  bus: [...CallFault.options, PublishFault.value],
  slack: CallFault.options,
  deployments: readOnly,
  history: readOnly,
  clock: ClockFault.options,
} as const satisfies Record<string, readonly FaultKind[]>;

type PortName = keyof typeof kindsOf;
export type CallPort = Exclude<PortName, "clock">;
const PortName = z.enum(Object.keys(kindsOf) as [PortName, ...PortName[]]);

/** As a step writes it. `for` and `by` are durations. */
export const FaultForm = z
  .strictObject({
    port: PortName,
    kind: z.enum(kinds),
    for: z.string(),
    /** Of a clock: how far it is off, and whose it is (default: of all functions). */
    by: z.string().optional(),
    function: z.string().optional(),
    /** Of a publication that fails. */
    class: z.enum(["transient", "permanent", "needs-human"]).optional(),
  })
  .superRefine(({ port, kind, by, function: name, class: failure }, { addIssue }) => {
    const refuse = (key: string, message: string): void => addIssue({ code: "custom", path: [key], message });
    const possible: readonly string[] = kindsOf[port];
    if (!possible.includes(kind)) return refuse("kind", `port ${port} knows no ${kind}; it knows ${possible.join(", ")}`);
    const isClock = port === "clock";
    if (isClock && by === undefined) refuse("by", `says how far the clock is ${kind}, such as 48h`);
    if (!isClock && by !== undefined) refuse("by", "is for port clock alone");
    if (!isClock && name !== undefined) refuse("function", "is for port clock alone");
    if (kind !== PublishFault.value && failure !== undefined) refuse("class", `is for kind ${PublishFault.value} alone`);
  });
export type FaultForm = z.infer<typeof FaultForm>;

type Span = { readonly fromMs: number; readonly untilMs: number };
export type Fault = Span &
  (
    | { readonly port: CallPort; readonly kind: CallFault }
    | { readonly port: "bus"; readonly kind: "publish-fails-after-commit"; readonly failure: FailureClass }
    | { readonly port: "clock"; readonly byMs: number; readonly function: string | undefined }
  );

/** @param byMs how far a clock is off, whatever the direction */
export function faultOf({ port, kind, function: name, class: failure = "transient" }: FaultForm, span: Span, byMs: number): Fault {
  const { fromMs, untilMs } = span;
  if (port === "clock") return { port, byMs: kind === "back" ? -byMs : byMs, function: name, fromMs, untilMs };
  const calls = CallFault.safeParse(kind);
  return calls.success ? { port, kind: calls.data, fromMs, untilMs } : { port: "bus", kind: PublishFault.value, failure, fromMs, untilMs };
}
