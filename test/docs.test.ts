/** Keeps the documentation honest: links lead somewhere, nothing is left out, and what is shown as whole works. */

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { program } from "@kintsugi/cli/program";
import type { CommandContext } from "@kintsugi/cli/command-context";
import { ConfigForm } from "@kintsugi/config/form";
import { formatProblem, loadConfig, parseConfigValue } from "@kintsugi/config/load";
import type { Config } from "@kintsugi/config/model";
import { loadScenario, type Scenario } from "@kintsugi/simulator/load-scenario";
import { play } from "@kintsugi/simulator/play";
import { actionNames, Expectations, ScenarioForm, Step } from "@kintsugi/simulator/scenario-form";
import { afterAll, describe, expect, test } from "vitest";
import { z } from "zod";

const root = dirname(import.meta.dirname);
/** What git tracks, and what will be tracked. */
const pages = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "*.md"], { cwd: root, encoding: "utf8" })
  .split("\n")
  .filter((path) => path !== "" && existsSync(join(root, path)));
const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** A page without what stands in fences. */
function prose(path: string): string {
  return read(path).replaceAll(/^( *)```[\s\S]*?^\1```$/gm, "");
}

/** The words that stand as code in a text. */
function codeWords(text: string): ReadonlySet<string> {
  const spans = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!);
  return new Set(spans.flatMap((code) => code.split(/[^\w-]+/)));
}

/** The first cells of a page's tables. */
function firstCells(path: string): string {
  return [...prose(path).matchAll(/^\| ([^|]*)\|/gm)].map(([, cell]) => cell).join("\n");
}

describe("links", () => {
  const links = pages.flatMap((page) =>
    [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target]) => target!)
      .filter((target) => !/^[a-z]+:/.test(target))
      .map((target) => [page, target] as const),
  );

  test("there are some", () => {
    expect(links.length).toBeGreaterThan(20);
  });

  test.for(links)("%s leads to %s", ([page, target]) => {
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? page : join(dirname(page), path);
    expect(existsSync(join(root, file))).toBe(true);
    expect(anchor === undefined ? [anchor] : anchorsOf(file)).toContain(anchor);
  });

  /** As GitHub makes them. */
  function anchorsOf(page: string): readonly string[] {
    return [...prose(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, "")
        .replaceAll(" ", "-"),
    );
  }
});

describe("the configuration", () => {
  const words = codeWords(firstCells("docs/reference/config.md"));

  test.for([...keysOf(ConfigForm)])("config.md has a row on %s", (path) => {
    expect(words).toContain(path.split(".").at(-1));
  });

  /** Every key of the form, with the keys above it. */
  function keysOf(type: z.ZodType, lead: readonly string[] = []): ReadonlySet<string> {
    if (type instanceof z.ZodOptional || type instanceof z.ZodNullable) return keysOf(type.unwrap() as z.ZodType, lead);
    if (type instanceof z.ZodUnion) return new Set(type.options.flatMap((option) => [...keysOf(option as z.ZodType, lead)]));
    if (type instanceof z.ZodRecord) {
      const named = type.keyType instanceof z.ZodEnum ? type.keyType.options.map((key) => [...lead, String(key)].join(".")) : [];
      return new Set([...named, ...keysOf(type.valueType as z.ZodType, [...lead, "NAME"])]);
    }
    if (!(type instanceof z.ZodObject)) return new Set();
    return new Set(
      Object.entries(type.shape).flatMap(([key, inner]) => [
        [...lead, key].join("."),
        ...keysOf(inner as unknown as z.ZodType, [...lead, key]),
      ]),
    );
  }
});

describe("the command line", () => {
  const page = "docs/reference/cli.md";
  const sections = prose(page).split(/^(?=#{2,3} )/m);
  const general = sections.find((section) => section.startsWith("## For all verbs"))!;
  const verbs = verbsOf(program({ version: "0" } as CommandContext, async () => {}));

  test("there are some verbs, and those that come later are not among them", () => {
    expect(verbs.map(({ name }) => name)).toEqual(expect.arrayContaining(["run", "config check", "doc get"]));
    expect(verbs.map(({ name }) => name)).not.toContain("drill");
  });

  test.for(verbs)("cli.md has a section on $name, with its options", ({ name, options }) => {
    const section = sections.find((text) => text.startsWith("### ") && (text.split("\n")[0] ?? "").includes(name));
    expect(section).toBeDefined();
    for (const option of options) expect(`${section}${general}`).toContain(`\`${option}`);
  });

  type Verb = { readonly name: string; readonly options: readonly string[] };

  function verbsOf(command: ReturnType<typeof program>, lead: readonly string[] = []): readonly Verb[] {
    const help = command.createHelp();
    return help
      .visibleCommands(command)
      .filter((inner) => inner.name() !== "help")
      .flatMap((inner) => {
        const name = [...lead, inner.name()];
        if (inner.commands.length > 0) return verbsOf(inner, name);
        const options = help.visibleOptions(inner).map(({ long }) => String(long));
        return [{ name: name.join(" "), options: options.filter((option) => option !== "--help") }];
      });
  }
});

describe("scenarios", () => {
  const page = "docs/reference/scenarios.md";
  const rows = [...firstCells(page).matchAll(/^`([a-z_]+)/gm)].map(([, name]) => name);

  test.for(actionNames)("scenarios.md has a row on the step %s", (name) => {
    expect(rows).toContain(name);
  });

  test.for(Object.keys(Expectations.shape))("scenarios.md has a row on the expectation %s", (name) => {
    expect(rows).toContain(name);
  });

  test.for([...Object.keys(ScenarioForm.shape), ...Object.keys(Step.shape)])("scenarios.md names the key %s", (name) => {
    expect(codeWords(prose(page))).toContain(name);
  });
});

/** A block is a whole file where the fence carries its name: ```yaml kintsugi.yaml. What one page names stands in one folder. */
describe("whole files", () => {
  const folder = mkdtempSync(join(tmpdir(), "kintsugi-docs-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const files = pages.flatMap((page) =>
    [...read(page).matchAll(/^```\w+ (\S+\.\w+)\n([\s\S]*?)^```$/gm)].map(([, name, text]) => {
      const file = join(folder, page, name!);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text!);
      return { page, name: name!, file };
    }),
  );
  const configurations = files.filter(({ name }) => name === "kintsugi.yaml");
  const stories = files.filter(({ name }) => name.endsWith(".yaml") && name !== "kintsugi.yaml");

  test("there are some", () => {
    expect(configurations.length).toBeGreaterThanOrEqual(3);
    expect(stories.length).toBeGreaterThanOrEqual(3);
  });

  test.for(configurations)("$page: its $name is right", async ({ file }) => {
    const loaded = await loadConfig(file, {});
    expect("problems" in loaded ? loaded.problems.map(formatProblem) : []).toEqual([]);
  });

  test.for(stories)("$page: $name holds", async ({ file }) => {
    const { scenario, config } = await loadStory(file);
    const { failed, checked } = await play(scenario, config, { seed: scenario.seed });
    expect(failed).toEqual([]);
    expect(checked).toBeGreaterThan(0);
  });

  test.for(files.filter(({ name }) => name.endsWith(".json")))("$page: its $name is JSON", ({ file }) => {
    expect(() => JSON.parse(readFileSync(resolve(file), "utf8")) as unknown).not.toThrow();
  });

  async function loadStory(file: string): Promise<{ readonly scenario: Scenario; readonly config: Config }> {
    const loaded = await loadScenario(file);
    if ("problems" in loaded) throw new Error(JSON.stringify(loaded.problems));
    const { scenario } = loaded;
    const given = scenario.config;
    const read = typeof given === "string" ? await loadConfig(given, {}) : parseConfigValue(given, { file, env: {} });
    if ("problems" in read) throw new Error(read.problems.map(formatProblem).join("\n"));
    return { scenario, config: read.config };
  }
});
