/** A span of time as people write it. Pure. */

const MINUTE_MS = 60_000;
const HOUR = 60;
const DAY = 24 * HOUR;

/** `40 s`, `15 min`, `1 h`, `5 h 11 min`, `3 d`. @param ms below zero, as after a clock went back, counts as none */
export function span(ms: number): string {
  if (ms <= 0) return "0 s";
  const minutes = Math.round(ms / MINUTE_MS);
  if (minutes === 0) return `${Math.round(ms / 1_000)} s`;
  if (minutes < HOUR) return `${minutes} min`;
  if (minutes >= 3 * DAY && minutes % DAY === 0) return `${minutes / DAY} d`;
  return minutes % HOUR === 0 ? `${minutes / HOUR} h` : `${Math.floor(minutes / HOUR)} h ${minutes % HOUR} min`;
}
