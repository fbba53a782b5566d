import type { Value } from '@croft/gotemplate/value';
import { writeYaml } from './write.ts';

export function writeYamlPretty(value: Value): string {
  return writeYaml(value);
}
