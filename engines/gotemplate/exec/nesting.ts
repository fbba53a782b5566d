import { TemplateLimitError } from '../errors.ts';
import type { CompiledTemplate, Maybe, Run } from './frame.ts';

/** Executes a template within another, no deeper than the limit allows. */
export function executeNested(run: Run, template: CompiledTemplate, dot: Maybe): void {
  const { usage } = run;
  if (++usage.depth > usage.limits.depth) {
    throw new TemplateLimitError(`template stopped: more than ${usage.limits.depth} templates within templates`);
  }
  template.execute(run, dot);
  usage.depth--;
}

/** A full stack is a limit like the others; anything else stays what it is. */
export function asLimitError(error: unknown): unknown {
  const isStack = error instanceof RangeError && error.message.startsWith('Maximum call stack');
  return isStack ? new TemplateLimitError('template stopped: templates are nested too deeply') : error;
}
