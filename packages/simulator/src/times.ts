/** Times as scenario files write them. All in epoch ms, UTC. */

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/;
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;
const NOW = /^now(?:([+-])(.+))?$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** `90s`, `15m`, `1h30m`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  return [...text.matchAll(/(?<!\d)(\d+(?:\.\d+)?)(ms|[smhd])/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * UNIT_MS[unit!]!,
    0,
  );
}

/** RFC 3339; UTC unless it carries an offset. */
export function parseInstant(text: string): number | undefined {
  if (!INSTANT.test(text)) return undefined;
  const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/.test(text.slice(10));
  const at = Date.parse(text.includes("T") && !hasZone ? `${text}Z` : text);
  return Number.isNaN(at) ? undefined : at;
}

/** `14:05` (the start's day), `+5m` (after the start), `now-20m`, or a full instant. */
export function parseTime(text: string, { startMs, nowMs }: { readonly startMs: number; readonly nowMs: number }): number | undefined {
  if (text.startsWith("+")) {
    const duration = parseDuration(text.slice(1));
    return duration === undefined ? undefined : startMs + duration;
  }
  const clock = CLOCK.exec(text);
  if (clock !== null) {
    const [hours, minutes, seconds] = [Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0)];
    if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
    return Math.floor(startMs / UNIT_MS["d"]!) * UNIT_MS["d"]! + (hours * 3_600 + minutes * 60 + seconds) * 1_000;
  }
  return parseNow(text, nowMs) ?? parseInstant(text);
}

/** `now`, `now-20m`, `now+1h`; undefined for anything else. */
export function parseNow(text: string, nowMs: number): number | undefined {
  const match = NOW.exec(text);
  if (match === null) return undefined;
  if (match[1] === undefined) return nowMs;
  const duration = parseDuration(match[2]!);
  return duration === undefined ? undefined : nowMs + (match[1] === "-" ? -duration : duration);
}

/** Replaces `now…` wherever it stands as a value, by RFC 3339. */
export function resolveNow<T>(value: T, nowMs: number): T {
  return resolve(value, nowMs) as T;
}

function resolve(value: unknown, nowMs: number): unknown {
  if (typeof value === "string") {
    const at = parseNow(value, nowMs);
    return at === undefined ? value : new Date(at).toISOString();
  }
  if (Array.isArray(value)) return value.map((item) => resolve(item, nowMs));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner, nowMs)]));
  }
  return value;
}
