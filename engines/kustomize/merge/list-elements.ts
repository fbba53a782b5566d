import { expectKind, getField } from '../yaml/fields.ts';
import { isNull, isNullOrEmpty, type Node, textOf } from '../yaml/node.ts';

/** The first element whose keys have these values; the key '' stands for the element itself. */
export function findElement(
  list: Node | undefined,
  keys: readonly string[],
  values: readonly string[],
): Node | undefined {
  if (list === undefined || list.kind !== 'sequence') return undefined;
  if (keys[0] === undefined || keys[0] === '') return list.content.find((item) => item.value === (values[0] ?? ''));
  return list.content.find(
    (item) => item.kind === 'mapping' && keys.every((key, i) => getField(item, key)?.value === values[i]),
  );
}

/**
 * Replaces the elements whose keys have these values, or appends the element when there are none; without an element
 * they are removed. Empty elements go.
 */
export function setElement(
  list: Node,
  element: Node | undefined,
  keys: readonly string[],
  values: readonly string[],
): void {
  const content: Node[] = [];
  let found = false;
  for (const item of list.content) {
    if (isNull(item) || (item.kind === 'mapping' && item.content.length === 0)) continue;
    const byField = keys[0] !== undefined && keys[0] !== '' && values[0] !== undefined && values[0] !== '';
    if (item.kind !== 'mapping' && byField) {
      content.push(item);
      continue;
    }
    if (!fits(item, keys.length === 0 ? [''] : keys, values)) {
      if (values.length > 0) content.push(item);
      continue;
    }
    found = true;
    if (element !== undefined) content.push(element);
  }
  list.content = content;
  if (!found && element !== undefined && !isNull(element)) list.content.push(element);
}

/** An empty value fits any field that is there; a key without value fits nothing of its own. */
function fits(item: Node, keys: readonly string[], values: readonly string[]): boolean {
  return (
    values.length > 0 &&
    keys.slice(0, values.length).every((key, i) => {
      const wanted = values[i] ?? '';
      if (key === '') {
        expectKind(item, 'scalar');
        return textOf(item) === wanted;
      }
      expectKind(item, 'mapping');
      const field = getField(item, key);
      return field !== undefined && (wanted === '' || field.value === wanted);
    })
  );
}

/** The values of the keys in each element, '' for those that are missing. */
export function elementValues(list: Node | undefined, keys: readonly string[]): string[][] {
  if (list === undefined || list.kind !== 'sequence') return [];
  return list.content.map((item) =>
    keys.map((key) => {
      const field = getField(item, key);
      return isNullOrEmpty(field) ? '' : (field?.value ?? '');
    }),
  );
}
