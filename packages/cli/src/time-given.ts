/** A time as people type it: a duration, a date, or a time of day; one without a zone is in the pipeline's. Pure. */

import { DURATION, durationMs } from "@kintsugi/config/units";

export type Reading = {
  readonly nowMs: number;
  readonly timezone: string;
  /** What a duration means. */
  readonly direction: "ahead" | "ago";
};

const TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** Epoch ms; undefined for text that is no time. */
export function timeGiven(text: string, { nowMs, timezone, direction }: Reading): number | undefined {
  if (DURATION.test(text)) return direction === "ahead" ? nowMs + durationMs(text) : nowMs - durationMs(text);
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, date = "", clock = "00:00", seconds = "00", fraction = "", zone] = match;
  const wall = `${date}T${clock}:${seconds}${fraction}`;
  const utcMs = Date.parse(`${wall}Z`);
  // JavaScript takes February 30 for March 2.
  if (Number.isNaN(utcMs) || new Date(utcMs).toISOString().slice(0, 10) !== date) return undefined;
  return zone === undefined ? inZone(utcMs, timezone) : Date.parse(`${wall}${zone}`);
}

/** The instant at which clocks in the zone show a wall time, given as if it were UTC; where they skip it, one within an hour of it. */
function inZone(wallMs: number, timezone: string): number {
  const guessMs = wallMs - offsetMs(wallMs, timezone);
  return wallMs - offsetMs(guessMs, timezone);
}

function offsetMs(atMs: number, timezone: string): number {
  const fields = ["year", "month", "day", "hour", "minute", "second"] as const;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    hourCycle: "h23",
    ...Object.fromEntries(fields.map((name) => [name, "numeric"])),
  });
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const [year, month, day, hour, minute, second] = fields.map((name) => parts.get(name) ?? 0);
  return Date.UTC(year!, month! - 1, day, hour, minute, second) - Math.floor(atMs / 1_000) * 1_000;
}
