import type { FunctionMap } from './functions.ts';
import type { Value } from './value.ts';

/** What a missing key of a map gives: `<no value>` (default, invalid), the zero value of the element type, or an error. */
export type MissingKey = 'default' | 'invalid' | 'zero' | 'error';

/** Bounds on one outermost execution with everything that it executes in turn. */
export interface TemplateLimits {
  /** Templates within templates, `template` and nested executions together. */
  readonly depth: number;
  /** Characters of output, those of nested executions included. */
  readonly outputLength: number;
  /** Evaluated nodes. */
  readonly steps: number;
}

export interface TemplateSetOptions {
  /** The name that errors about unknown templates give the set. */
  readonly name?: string;
  readonly missingKey?: MissingKey;
  /** Besides Go's own functions, which they override. */
  readonly functions?: FunctionMap;
  readonly limits?: Partial<TemplateLimits>;
  readonly leftDelimiter?: string;
  readonly rightDelimiter?: string;
}

/** Templates that can execute one another by name, as an associated set of Go's text/template. */
export interface TemplateSet {
  /** Parses the text as the template `name` and adds it with all that it defines. Throws TemplateParseError. */
  parse(name: string, text: string): void;
  has(name: string): boolean;
  names(): string[];
  /** Output of the named template. Throws TemplateExecError, TemplateLimitError. May be called from within a function. */
  execute(name: string, data: Value): string;
  /** A copy that shares what is parsed so far and the limits; the given functions override those of the same name. */
  clone(functions?: FunctionMap): TemplateSet;
}

export function createTemplateSet(_options: TemplateSetOptions = {}): TemplateSet {
  throw new Error('not yet');
}
