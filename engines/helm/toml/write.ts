import type { Value } from '@croft/gotemplate/value';
export function writeToml(_value: Value): string {
  throw new Error('no');
}
