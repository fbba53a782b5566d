export type Severity = 'INFO' | 'WARNING' | 'ERROR';

/** Something that a chart should have otherwise. */
export interface LintMessage {
  severity: Severity;
  /** The file or folder of the chart. */
  path: string;
  text: string;
}

export function renderLintMessage({ severity, path, text }: LintMessage): string {
  return `[${severity}] ${path}: ${text}`;
}

/** Takes a message unless there is no text; gives whether there was none. */
export type Report = (severity: Severity, path: string, text: string | undefined) => boolean;
