/** YAML that cannot be read; the message is go-yaml's, without the leading `yaml: `. */
export class YamlError extends Error {
  override readonly name = 'YamlError';
}

/** An error found while cutting text into tokens: lines are counted from one, and the first line is not named. */
export function scannerError(line: number, problem: string): YamlError {
  return new YamlError(line === 0 ? problem : `line ${line + 1}: ${problem}`);
}

/** An error in the order of tokens: names the line before, or where the surrounding collection began. */
export function parserError(line: number, problem: string, contextLine = 0): YamlError {
  const where = line !== 0 ? line : contextLine;
  return new YamlError(where === 0 ? problem : `line ${where}: ${problem}`);
}
