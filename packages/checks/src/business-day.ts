/** The business day: the date in the pipeline's zone. Pure. */

import { Temporal } from "temporal-polyfill";

/** YYYY-MM-DD in an IANA zone. */
export function businessDay(atMs: number, timezone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timezone).toPlainDate().toString();
}

/** The business day so many days before that of an instant. */
export function dayBefore(atMs: number, timezone: string, days: number): string {
  return Temporal.PlainDate.from(businessDay(atMs, timezone)).subtract({ days }).toString();
}

/** When a business day is over, epoch ms. */
export function endOfDay(day: string, timezone: string): number {
  return Temporal.PlainDate.from(day).add({ days: 1 }).toZonedDateTime(timezone).epochMilliseconds;
}

/** When a business day begins, epoch ms. */
export function startOfDay(day: string, timezone: string): number {
  return Temporal.PlainDate.from(day).toZonedDateTime(timezone).epochMilliseconds;
}

/** Negative days lie before. */
export function shiftDay(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}
