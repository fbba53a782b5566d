import { errorMessage } from '@croft/foundation/errors';
import { TemplateExecError } from '@croft/gotemplate/errors';
import { WARNING_END, WARNING_START } from '../functions/flow.ts';

import { renderTrace } from './trace.ts';

/** A chart that does not parse or render; the message is Helm's. */
export class RenderError extends Error {
  override readonly name = 'RenderError';
  readonly stage: 'parse' | 'execute';
  constructor(stage: 'parse' | 'execute', message: string, cause?: unknown) {
    super(message, { cause });
    this.stage = stage;
  }
}

/** Helm shortens errors of the parser to their place and their last clause. */
export function cleanParseError(name: string, error: unknown): RenderError {
  const message = errorMessage(error);
  const clauses = message.split(': ');
  if (clauses.length === 1) return new RenderError('parse', `parse error in (${name}): ${message}`, error);
  return new RenderError('parse', `parse error at (${clauses[1]}): ${clauses.at(-1)}`, error);
}

const warning = new RegExp(`${WARNING_START}(.*)${WARNING_END}`, 's');

/** Helm takes what `fail` and `required` say out of the error around it. */
export function cleanExecError(name: string, error: unknown, helmVersion: 3 | 4): RenderError {
  const message = errorMessage(error);
  if (!(error instanceof TemplateExecError)) return new RenderError('execute', message, error);
  const first = message.indexOf(': ');
  const second = message.indexOf(': ', first + 2);
  if (second < 0) return new RenderError('execute', `execution error in (${name}): ${message}`, error);
  const said = warning.exec(message.slice(second + 2))?.[1];
  if (said === undefined) {
    const trace = helmVersion === 4 ? renderTrace(error) : undefined;
    return new RenderError('execute', trace ?? message, error);
  }
  return new RenderError('execute', `execution error at (${message.slice(first + 2, second)}): ${said}`, error);
}
