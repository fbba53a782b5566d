import { goFunction, variadicFunction } from '@croft/gotemplate/functions';
import { ANY, BOOL } from '@croft/gotemplate/type';
import { isEmpty } from './cast.ts';
import type { FunctionGroup } from './group.ts';

export const defaultFunctions: FunctionGroup = {
  default: variadicFunction([ANY], ANY, (fallback, ...given) => {
    const first = given[0];
    return first === undefined || isEmpty(first) ? fallback : first;
  }),
  empty: goFunction([ANY], isEmpty),
  coalesce: variadicFunction([], ANY, (...values) => values.find((value) => !isEmpty(value)) ?? null),
  all: variadicFunction([], ANY, (...values) => !values.some(isEmpty)),
  any: variadicFunction([], ANY, (...values) => values.some((value) => !isEmpty(value))),
  ternary: goFunction([ANY, ANY, BOOL], (yes, no, condition) => (condition ? yes : no)),
};
