import { RE2JS } from 're2js';

const compiled = new Map<string, RE2JS | Error>();
const mostKept = 1000;

/** The pattern as Go's regexp reads it; an Error when it is none. Kept, as schemas ask again and again. */
export function compilePattern(pattern: string): RE2JS | Error {
  let result = compiled.get(pattern);
  if (result === undefined) {
    result = tryCompile(pattern);
    if (compiled.size >= mostKept) compiled.clear();
    compiled.set(pattern, result);
  }
  return result;
}

/** Whether the pattern is found anywhere in the text; a pattern that is none is found nowhere. */
export function matches(text: string, pattern: string): boolean {
  const regexp = compilePattern(pattern);
  return !(regexp instanceof Error) && regexp.matcher(text).find();
}

function tryCompile(pattern: string): RE2JS | Error {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
