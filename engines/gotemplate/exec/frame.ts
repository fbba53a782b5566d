import { TemplateLimitError } from '../errors.ts';
import type { FunctionLookup } from '../functions.ts';
import type { Maybe } from '../value.ts';

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

/** What the outermost execution and all within it have used up. */
export interface Usage {
  readonly limits: TemplateLimits;
  steps: number;
  outputLength: number;
  depth: number;
}

export interface MissingKeyed {
  readonly missingKey: MissingKey;
}

/** One execution: where its output goes and what it can reach. */
export interface Run extends MissingKeyed {
  out: string;
  readonly functions: FunctionLookup;
  readonly usage: Usage;
  readonly findTemplate: (name: string) => CompiledTemplate | undefined;
}

/** One template's variables and dot. A value is `wrapped` where Go still holds it as interface {}: errors then name that type. */
export interface Frame {
  readonly run: Run;
  dot: Maybe;
  dotWrapped: boolean;
  readonly variables: Maybe[];
  readonly wrapped: boolean[];
}

/** Evaluates to a value; `final` is what the pipeline hands over, where the expression takes it. */
export type Expression = (frame: Frame, final?: Maybe) => Maybe;

/** How a list of nodes ended. */
export type Signal = 0 | 1 | 2;
export const GO_ON: Signal = 0;
export const BREAK: Signal = 1;
export const CONTINUE: Signal = 2;

export type Step = (frame: Frame) => Signal;

export interface CompiledTemplate {
  readonly name: string;
  /** What executes the template, in a frame of its own. */
  readonly body: () => Step;
}

/** The frame of a template that is executed for this dot: it sees no variables but `$`. */
export function createFrame(run: Run, dot: Maybe): Frame {
  return { run, dot, dotWrapped: false, variables: [dot], wrapped: [false] };
}

/** Counts one step and the output so far against the limits. */
export function charge(run: Run): void {
  const { usage } = run;
  if (++usage.steps > usage.limits.steps) {
    throw new TemplateLimitError(`template stopped after ${usage.limits.steps} steps`);
  }
  if (usage.outputLength + run.out.length > usage.limits.outputLength) {
    throw new TemplateLimitError(`template stopped after ${usage.limits.outputLength} characters of output`);
  }
}
