/**
 * YAML that cannot be read; the message is go-yaml v2's, without the leading `yaml: `. Version 3 names another line where
 * what could not be read began before the line with the problem: `beginningMessage`.
 */
export class YamlError extends Error {
  override readonly name = 'YamlError';
  readonly beginningMessage: string;

  constructor(message: string, beginningMessage = message) {
    super(message);
    this.beginningMessage = beginningMessage;
  }
}

/** An error found while cutting text into tokens: lines are counted from one, and the first line is not named. */
export function scannerError(line: number, problem: string, beginning = line): YamlError {
  const at = (place: number): string => (place === 0 ? problem : `line ${place + 1}: ${problem}`);
  return new YamlError(at(line), at(beginning || line));
}

/** An error in the order of tokens. */
export class YamlOrderError extends YamlError {}

/** An error in the order of tokens: names the line before, or where the surrounding collection began. */
export function parserError(line: number, problem: string, beginning = 0): YamlError {
  const at = (place: number): string => (place === 0 ? problem : `line ${place}: ${problem}`);
  return new YamlOrderError(at(line || beginning), at(beginning || line));
}
