/** Finds the regular expressions of a source file: the literals, as a reader of the language would. */

export type PatternLiteral = { readonly line: number; readonly source: string; readonly flags: string };

/** After these a slash begins a pattern; after anything else it divides. */
const BEFORE_PATTERN = /(?:^|[([{,;:=!&|?+\-*%~^<>]|\b(?:return|typeof|case|in|of|delete|void|throw|new|do|else|await|yield))\s*$/;
const COMMENT = /\/\/[^\n]*|\/\*[^]*?\*\//y;
const STRING = /"(?:\\[^]|[^"\\\n])*"|'(?:\\[^]|[^'\\\n])*'/y;
const PATTERN = /\/((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+)\/([dgimsuvy]*)/y;

export function patternLiterals(text: string): readonly PatternLiteral[] {
  const found: PatternLiteral[] = [];
  /** How deep in braces each open template stands. */
  const templates: number[] = [];
  let depth = 0;
  let code = "";
  const first = text.startsWith("#!") ? text.indexOf("\n") : 0;
  for (let at = first; at < text.length;) {
    const char = text[at]!;
    const skipped = char === "/" ? matchAt(COMMENT, text, at) : char === '"' || char === "'" ? matchAt(STRING, text, at) : undefined;
    if (skipped !== undefined) {
      if (char !== "/") code += "x";
      at += skipped[0].length;
      continue;
    }
    const pattern = char === "/" && BEFORE_PATTERN.test(code.slice(-20)) ? matchAt(PATTERN, text, at) : undefined;
    if (pattern !== undefined) {
      found.push({ line: text.slice(0, at).split("\n").length, source: pattern[1]!, flags: pattern[2]! });
      code += "x";
      at += pattern[0].length;
      continue;
    }
    const closes = char === "}" && templates.at(-1) === depth;
    if (char === "{") depth++;
    if (char === "}" && !closes) depth--;
    if (closes) templates.pop();
    if (char === "`" || closes) {
      const end = endOfTemplate(text, at + 1);
      if (text[end] === "$") templates.push(depth);
      code += text[end] === "$" ? "(" : "x";
      at = text[end] === "$" ? end + 2 : end + 1;
      continue;
    }
    code += char;
    at++;
  }
  return found;
}

/** The place of the closing quote, or of the dollar that begins an expression. */
function endOfTemplate(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== "`" && !(text[at] === "$" && text[at + 1] === "{")) at += text[at] === "\\" ? 2 : 1;
  return at;
}

function matchAt(form: RegExp, text: string, at: number): RegExpExecArray | undefined {
  form.lastIndex = at;
  return form.exec(text) ?? undefined;
}
