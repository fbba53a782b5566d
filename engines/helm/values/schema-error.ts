import { quoteString } from '@croft/gotemplate/fmt/quote';

/** Something that a schema does not allow: where, what, and what it comes from. */
export interface SchemaError {
  path: readonly string[];
  text: string;
  causes: readonly SchemaError[];
  /** `group` holds several errors of one place, `reference` those of what a `$ref` names. */
  kind: 'plain' | 'group' | 'reference';
}

export function schemaError(path: readonly string[], text: string, causes: readonly SchemaError[] = []): SchemaError {
  return { path, text, causes, kind: 'plain' };
}

/** Several errors of one place as one. */
export function groupErrors(path: readonly string[], errors: readonly SchemaError[]): SchemaError | undefined {
  if (errors.length < 2) return errors[0];
  return { path, text: 'validation failed', causes: errors, kind: 'group' };
}

/** The errors, one on a line, indented by what they come from. */
export function renderSchemaErrors(errors: readonly SchemaError[]): string {
  return errors.flatMap((error) => renderLines(error, 0)).join('\n');
}

function renderLines(error: SchemaError, depth: number): string[] {
  const nested = (level: number) => error.causes.flatMap((cause) => renderLines(cause, level));
  if (error.kind === 'reference' && error.causes.length === 1) return nested(depth);
  const where = quoteSingle(error.path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''));
  return [`${'  '.repeat(depth)}- at ${where}: ${error.text}`, ...nested(depth + 1)];
}

/** A Go string literal in single quotes. */
export function quoteSingle(text: string): string {
  const body = quoteString(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${body}'`;
}

export function quoteAll(texts: readonly string[]): string {
  return texts.map(quoteSingle).join(', ');
}

/** A number as English writes it: 65,535. */
export function showNumber(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 20 });
}
