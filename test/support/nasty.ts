/** Payloads that strangers send by mistake or on purpose, made from a seed, so that what fails can be played again. Pure. */

/** Repeated to the size of the largest event, each makes some parser or pattern begin again and again. */
export const PUMPS: readonly string[] = [
  ...[" ", "\t", "\n", "a", "0", '"', "'", "`", "\\", "/", "<", "=", ":", "é", "\u{1F600}", "\u202e", "\u001b[", "\u200b"],
  ...[
    "a=",
    "a=a=",
    "token=",
    "token=f(",
    "token='(",
    'token="',
    "password: ",
    "--password ",
    "Bearer ",
    "basic ",
    "://",
    "://a:",
    "eyJ",
    "-eyJaaaaaaaa",
  ],
  ...[
    "eyJaaaaaaaa.",
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN ",
    "sk-",
    "ghp_",
    "AKIA",
    "xoxb-",
    "identified by '",
    "QUJD",
    "0f",
    "0f-",
    "<password>",
  ],
  ...["{", "[", "${", "$${", '{"a":', '\\"', "%41", "\\u0041", "&lt;", "https://evil.example/ ", "a.", "a@", "<!channel>", "’", "👨‍👩‍👧"],
];

export const LARGEST = 60 * 1024;

export function pumped(pump: string, bytes = LARGEST): string {
  return pump.repeat(Math.ceil(bytes / Buffer.byteLength(pump)) - 1);
}

const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  1.5,
  "",
  " ",
  "\u0007",
  "\ud83c",
  "null",
  "1970-01-01T00:00:00Z",
  "2026-02-05T13:00:00Z",
  "9999-12-31T23:59:59Z",
  "-",
  "kintsugi_",
  "../../etc/passwd",
  "'; DROP TABLE documents; --",
  "{{7*7}}",
  "password=abcdefgh",
  [],
  {},
  [[]],
  { toString: 1 },
  { length: -1 },
  { valueOf: null, toJSON: "x" },
  { kind: "check", phase: "load", check: "rows" },
  { kind: "storm", channel: "watch", at: "x" },
  ["a", 1, null, {}],
];
const KEYS = [
  "id",
  "source",
  "type",
  "subject",
  "time",
  "data",
  "specversion",
  "key",
  "facts",
  "days",
  "severity",
  "metadata",
  "toString",
  "hasOwnProperty",
  "",
  "a b",
  "é",
  "days.0",
];

/** A payload like a good one, with some of it changed; or bytes that are none. */
export function nasty(random: () => number, sample: object): string | Uint8Array {
  const kind = random();
  if (kind < 0.05) return Uint8Array.from({ length: Math.floor(random() * 200) }, () => Math.floor(random() * 256));
  const text = JSON.stringify(changed(random, sample));
  if (kind < 0.15) return text.slice(0, Math.floor(random() * text.length));
  if (kind < 0.25) return spliced(random, text);
  return text;
}

function changed(random: () => number, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return random() < 0.3 ? anyValue(random) : value;
  if (Array.isArray(value)) return value.map((item) => changed(random, item));
  const pairs = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
    const chance = random();
    if (chance < 0.06) return [];
    if (chance < 0.2) return [[key, anyValue(random)]];
    if (chance < 0.26) return [[pick(random, KEYS), inner]];
    return [[key, changed(random, inner)]];
  });
  if (random() < 0.5) pairs.push([pick(random, KEYS), anyValue(random)]);
  return Object.fromEntries(pairs);
}

function anyValue(random: () => number): unknown {
  const chance = random();
  if (chance < 0.1) return pumped(pick(random, PUMPS), 1 + Math.floor(random() * 2_000));
  if (chance < 0.15) return Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`k${index}`, pick(random, VALUES)]));
  return pick(random, VALUES);
}

function spliced(random: () => number, text: string): string {
  const at = Math.floor(random() * text.length);
  return text.slice(0, at) + pick(random, ["\u0000", '"', "}", "{", "\\", ",", "1e999", "\ufeff", "\ud800", "-0"]) + text.slice(at);
}

function pick<T>(random: () => number, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!;
}
