import { errorMessage } from '@croft/foundation/errors';
import { TemplateLimitError } from '@croft/gotemplate/errors';
import { quoteString } from '@croft/gotemplate/fmt/quote';
import type { GoFunction } from '@croft/gotemplate/functions';
import { goFunction } from '@croft/gotemplate/functions';
import type { ParsedTemplate, TemplateSet } from '@croft/gotemplate/template-set';
import { ANY, STRING } from '@croft/gotemplate/type';

/** Templates may include one another by the same name so many times within one another. */
const MAX_INCLUDES = 1000;

/** `include` and `tpl` over a set of templates; `set` is asked when they are called. */
export function createReferences(
  set: () => TemplateSet,
  helmVersion: 3 | 4,
  depths: Map<string, number> = new Map(),
): Map<string, GoFunction> {
  const include = goFunction([STRING, ANY], (name, data) => {
    const depth = depths.get(name) ?? 0;
    if (depth > MAX_INCLUDES) throw nestedError(name);
    depths.set(name, depth + 1);
    try {
      return set().execute(name, data);
    } catch (error) {
      // Templates that include one another in turn fill the stack before any of them is counted so often.
      throw isNestingLimit(error) && depth > 100 ? nestedError(name) : error;
    } finally {
      depths.set(name, depth);
    }
  });
  const tpl = goFunction([STRING, ANY], (text, data) => {
    const clone: TemplateSet = set().clone(createReferences(() => clone, helmVersion, depths));
    let parsed: ParsedTemplate;
    try {
      parsed = clone.parse('gotpl', text);
    } catch (error) {
      throw wrapError(`cannot parse template ${quoteString(text)}`, error);
    }
    try {
      return parsed.execute(data).replaceAll('<no value>', '');
    } catch (error) {
      throw wrapError(`error during tpl function execution for ${quoteString(text)}`, error);
    }
  });
  return new Map([
    ['include', include],
    ['tpl', tpl],
  ]);
}

function nestedError(name: string): Error {
  return new Error(`rendering template has a nested reference name: ${name}: unable to execute template`);
}

function isNestingLimit(error: unknown): boolean {
  return error instanceof TemplateLimitError && error.message.endsWith('templates are nested too deeply');
}

function wrapError(context: string, error: unknown): Error {
  return new Error(`${context}: ${errorMessage(error)}`, { cause: error });
}
