import { goFunction } from '@croft/gotemplate/functions';
import { ANY, STRING } from '@croft/gotemplate/type';
import { kindOf, typeName } from '@croft/gotemplate/value';
import { deepEqual } from './deep-equal.ts';
import type { FunctionGroup } from './group.ts';

export const reflectionFunctions: FunctionGroup = {
  typeOf: goFunction([ANY], typeName),
  typeIs: goFunction([STRING, ANY], (target, value) => target === typeName(value)),
  typeIsLike: goFunction([STRING, ANY], (target, value) => {
    const name = typeName(value);
    return target === name || `*${target}` === name;
  }),
  kindOf: goFunction([ANY], kindOf),
  kindIs: goFunction([STRING, ANY], (target, value) => target === kindOf(value)),
  deepEqual: goFunction([ANY, ANY], deepEqual),
};
