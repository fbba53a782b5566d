import { isJsonObject } from '@croft/foundation/json';
import { readKey } from '@croft/foundation/json-keys';
import type { FieldType } from '@croft/schema/field-type';
import { formatElement, itemElement } from './path-elements.ts';
import { childType } from './strategic-directives.ts';

/** Where a configuration does not fit its type, in the words of structured-merge-diff; undefined when it fits. */
export function findTypeErrors(value: unknown, type: FieldType): string | undefined {
  const errors: string[] = [];
  check(errors, '', value, type);
  if (errors.length <= 1) return errors[0];
  return ['errors:', ...errors.map((error) => `  ${error}`)].join('\n');
}

function check(errors: string[], path: string, value: unknown, type: FieldType): void {
  if (value === null || value === undefined || type.shape === 'any') return;
  if (type.shape === 'map') checkMap(errors, path, value, type);
  else if (type.shape === 'list') checkList(errors, path, value, type);
  else {
    const wrong = findScalarError(value, type);
    if (wrong !== undefined) report(errors, path, wrong);
  }
}

function checkMap(errors: string[], path: string, value: unknown, type: FieldType): void {
  if (!isJsonObject(value)) return report(errors, path, `expected map, got ${goValue(value)}`);
  for (const key of Object.keys(value)) {
    const below = `${path}.${key}`;
    if (!type.fields.has(key) && type.element === undefined) {
      return report(errors, below, 'field not declared in schema');
    }
    check(errors, below, readKey(value, key), childType(type, key));
  }
}

function checkList(errors: string[], path: string, value: unknown, type: FieldType): void {
  if (!Array.isArray(value)) return report(errors, path, `expected list, got ${goValue(value)}`);
  const seen = new Set<string>();
  for (const [index, item] of value.entries()) {
    const element = type.listType === 'atomic' ? `i:${index}` : itemElement(type, item);
    if (typeof element !== 'string') return report(errors, path, `element ${index}: ${element.message}`);
    const name = formatElement(element);
    if (seen.has(element)) report(errors, path, `duplicate entries for key ${name}`);
    seen.add(element);
    check(errors, path + name, item, type.element as FieldType);
  }
}

function findScalarError(value: unknown, { scalar }: FieldType): string | undefined {
  if (scalar === 'any') return typeof value === 'object' ? `expected any scalar, got ${goValue(value)}` : undefined;
  if (typeof value === scalar) return undefined;
  if (scalar === 'number') return `expected numeric (int or float), got ${goType(value)}`;
  if (scalar === 'boolean') return `expected boolean, got ${goValue(value)}`;
  return `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`;
}

function report(errors: string[], path: string, message: string): void {
  errors.push(path === '' ? message : `${path}: ${message}`);
}

function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'object') return 'map[string]interface {}';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}

/** As Go's `%v` prints a pointer to the walked value. */
function goValue(value: unknown): string {
  return `&{${goPlain(value)}}`;
}

function goPlain(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goPlain).join(' ')}]`;
  if (value === null) return '<nil>';
  if (!isJsonObject(value)) return String(value);
  const keys = Object.keys(value).sort();
  return `map[${keys.map((key) => `${key}:${goPlain(readKey(value, key))}`).join(' ')}]`;
}

function goSyntax(value: unknown): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (value === null) return 'interface {}(nil)';
  if (!isJsonObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  const pairs = keys.map((key) => `${JSON.stringify(key)}:${goSyntax(readKey(value, key))}`);
  return `map[string]interface {}{${pairs.join(', ')}}`;
}
