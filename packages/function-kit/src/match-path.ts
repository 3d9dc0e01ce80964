/** Paths with parameters, such as `/gates/{gate}/decisions`. Pure. */

/** Gives the parameters of a path that matches. What cannot be decoded stays as it came: no name is called so. */
export function matcher(path: string): (given: string) => Record<string, string> | undefined {
  const wanted = path.split("/");
  return (path) => {
    const given = path.split("/");
    if (given.length !== wanted.length) return undefined;
    const params: Record<string, string> = {};
    for (const [index, part] of wanted.entries()) {
      if (part.startsWith("{")) params[part.slice(1, -1)] = safeDecode(given[index]!);
      else if (part !== given[index]) return undefined;
    }
    return params;
  };
}

function safeDecode(text: string): string {
  try {
    const decoded = decodeURIComponent(text);
    return decoded.includes("\0") ? text : decoded;
  } catch {
    return text;
  }
}
