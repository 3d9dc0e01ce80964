/** Every regular expression of ours is linear: a text that is twice as long takes twice as long, whatever stands in it. */

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CONDITION } from "@kintsugi/config/units";
import { ESCAPES } from "@kintsugi/events/printable";
import { SECRET_NAME } from "@kintsugi/events/secret-keys";
import { secretPatterns } from "@kintsugi/events/secret-values";
import { expect, test } from "vitest";
import { patternLiterals } from "./support/pattern-literals.ts";

const root = join(import.meta.dirname, "..");
const LENGTH = 1 << 12;
/** A linear pattern reads so much in a tenth of it; one that is quadratic takes ten times as long. */
const SUSPECT_MS = 1.5;
/** Twice the length takes twice as long, and four times where it is quadratic; measured over two doublings, so that a busy machine does not count. */
const MOST_RATIO = 2 ** 2 * 2.2;

/** What patterns of this kind trip over: blanks, quotes, dots, digits, what opens and never closes. */
const PUMPS = [
  ...[" ", "\t", "\n", "a", "A", "0", "_", "-", ".", "/", ":", ";", ",", "=", "@", "%", "#", "*", "&", "<", ">", "$", "'", '"', "`", "\\"],
  ...["{", "[", "(", "}", "]", ")", "é", "\u{1F600}", "\u0000", "\u001b"],
  ...[
    "a ",
    "a.",
    "a-",
    "a/",
    "a:",
    "a=",
    "0.",
    "a\n",
    ". ",
    "..",
    "//",
    "''",
    '""',
    "--",
    "/*",
    "*/",
    "\\'",
    '\\"',
    ": ",
    "://",
    "a@",
    "{}",
    "%4",
    "${",
  ],
];

/** Made from parts, so that no literal tells them. Where others stand, this list tells. */
const BUILT: readonly (readonly [file: string, patterns: readonly RegExp[]])[] = [
  ["packages/config/src/sql-parts.ts", []],
  ["packages/config/src/units.ts", [CONDITION]],
  [
    "packages/config/src/vendor-names.ts",
    [/^(?!\.\.?(?:\/|$)|__[^/]*__(?:\/|$))[^/]+(?:\/(?!\.\.?(?:\/|$)|__[^/]*__(?:\/|$))[^/]+\/(?!\.\.?(?:\/|$)|__[^/]*__(?:\/|$))[^/]+)*$/],
  ],
  ["packages/events/src/printable.ts", [ESCAPES]],
  ["packages/events/src/secret-keys.ts", [SECRET_NAME]],
  ["packages/events/src/secret-values.ts", secretPatterns()],
];

const files = globSync("{packages,services}/*/src/**/*.ts", { cwd: root }).filter((file) => !/\.test(?:-table)?\.ts$/.test(file));
const sources = [...files, ...globSync("bin/*.mjs", { cwd: root })].map((file) => ({ file, text: readFileSync(join(root, file), "utf8") }));
const written = sources.flatMap(({ file, text }) =>
  patternLiterals(text).map(({ line, source, flags }) => [`${file}:${line} /${source}/${flags}`, new RegExp(source, flags)] as const),
);
const built = BUILT.flatMap(([file, patterns]) => patterns.map((pattern) => [`${file} ${String(pattern).slice(0, 80)}`, pattern] as const));

/** The words that stand in a pattern: what it begins with, and what it waits for. */
function wordsOf({ source }: RegExp): readonly string[] {
  const plain = source
    .replaceAll(/\\u\{?[0-9A-F]+\}?|\\[pP]\{\w+\}|\\[dDwWsSbBk]|\(\?[:=!<]*|[{]\d*,?\d*[}]/g, " ")
    .replaceAll(/\\(.)/g, "$1");
  return [...new Set(plain.split(/[()[\]|^$?*+ ]+/).filter((word) => word !== ""))].slice(0, 12);
}

function timeOf(pattern: RegExp, text: string): number {
  const began = performance.now();
  if (pattern.sticky) {
    pattern.lastIndex = 0;
    pattern.test(text);
  } else {
    text.replace(new RegExp(pattern.source, pattern.flags.includes("g") ? pattern.flags : `${pattern.flags}g`), "");
  }
  return performance.now() - began;
}

/** The shortest of some: what else runs on the machine only adds. */
function leastTime(pattern: RegExp, text: string): number {
  return Math.min(...[1, 2, 3].map(() => timeOf(pattern, text)));
}

/** Texts of a length in which the pattern begins again and again, and never ends. */
function attacks(pattern: RegExp): readonly ((length: number) => string)[] {
  const words = wordsOf(pattern);
  const pumps = [...PUMPS, ...words, ...words.map((word) => `${word} `), ...words.map((word) => `${word}a`)];
  return pumps.flatMap((pump) =>
    [["", ""], ["", "\u0001"], ...(words[0] === undefined ? [] : [[words[0], "\u0001"]])].map(
      ([before = "", after = ""]) =>
        (length: number) =>
          before + pump.repeat(Math.ceil(length / pump.length)).slice(0, length) + after,
    ),
  );
}

function isLinear(pattern: RegExp, attack: (length: number) => string): boolean {
  if (timeOf(pattern, attack(LENGTH)) < SUSPECT_MS || leastTime(pattern, attack(LENGTH)) < SUSPECT_MS / 4) return true;
  return leastTime(pattern, attack(LENGTH * 4)) / leastTime(pattern, attack(LENGTH)) < MOST_RATIO;
}

test("the patterns are found", () => {
  expect(written.length).toBeGreaterThan(120);
  expect(built.length).toBeGreaterThan(120);
  const builders = sources.filter(({ text }) => /new RegExp\((?!SECRET|[A-Z]+\[|BEGINS)/.test(text)).map(({ file }) => file);
  expect(builders.toSorted()).toEqual(BUILT.map(([file]) => file).filter((file) => !file.endsWith("mask.ts")));
});

test.for([...written, ...built])("%s", ([, pattern]) => {
  expect(
    attacks(pattern)
      .filter((attack) => !isLinear(pattern, attack))
      .map((attack) => attack(12)),
  ).toEqual([]);
});

test("a quadratic pattern is found", () => {
  const slow = [/(?<=\bBearer\s+)[A-Za-z0-9._~+/=-]{8,}/i, /\s+$/, /\s*x/, /a+b/];
  expect(slow.filter((pattern) => attacks(pattern).every((attack) => isLinear(pattern, attack)))).toEqual([]);
});
