import { TemplateLimitError } from '../errors.ts';
import type { Run } from './frame.ts';

/** Counts a template within a template; who calls it takes it off again. */
export function enterTemplate({ usage }: Run): void {
  if (++usage.depth > usage.limits.depth) {
    throw new TemplateLimitError(`template stopped: more than ${usage.limits.depth} templates within templates`);
  }
}

/** Whether the JavaScript stack was full: recursion that only the stack has stopped. */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.startsWith('Maximum call stack');
}
