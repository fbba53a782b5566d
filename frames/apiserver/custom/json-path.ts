import { isJsonObject } from '@croft/foundation/json';

type Step =
  | { field: string }
  | { index: number }
  | { all: true }
  | { path: string[]; equals: unknown }
  | { deep: string };

/**
 * The part of Kubernetes' JSONPath that printer columns use: `.spec.x`, `['a.b']`, `[0]`, `[*]`, `..x`,
 * `[?(@.type=="Ready")]`. Gives all values that it finds; none for a path that cannot be read.
 */
export function findByPath(value: unknown, path: string): unknown[] {
  return (stepsOf(path) ?? []).reduce<unknown[]>((found, step) => found.flatMap((item) => follow(item, step)), [value]);
}

const known = new Map<string, Step[] | undefined>();

function stepsOf(path: string): Step[] | undefined {
  if (!known.has(path)) known.set(path, parsePath(path));
  const steps = known.get(path);
  return steps ?? [{ field: '\u0000' }];
}

const token =
  /^(?:\.\.([\w-]+)|\.?\[\?\(@([^=]+?)\s*==\s*([^)]+)\)\]|\.?\[(?:'([^']*)'|"([^"]*)"|(-?\d+)|(\*))\]|\.(\*)|\.((?:[^.[\\]|\\.)+))/;

function parsePath(path: string): Step[] | undefined {
  const steps: Step[] = [];
  let rest = path.replace(/^\{(.*)\}$/, '$1').replace(/^\$/, '');
  if (rest !== '' && rest[0] !== '.' && rest[0] !== '[') rest = `.${rest}`;
  while (rest !== '' && rest !== '.') {
    const match = token.exec(rest);
    if (match === null) return undefined;
    const [whole, deep, filter, literal, single, double, index, star, dotStar, field] = match;
    rest = rest.slice(whole.length);
    if (deep !== undefined) steps.push({ deep });
    else if (filter !== undefined)
      steps.push({ path: filter.split('.').filter((part) => part !== ''), equals: parseLiteral(literal ?? '') });
    else if (index !== undefined) steps.push({ index: Number(index) });
    else if (star !== undefined || dotStar !== undefined) steps.push({ all: true });
    else steps.push({ field: (single ?? double ?? field ?? '').replace(/\\(.)/g, '$1') });
  }
  return steps;
}

function parseLiteral(text: string): unknown {
  const trimmed = text.trim();
  if (/^'.*'$/.test(trimmed)) return trimmed.slice(1, -1);
  try {
    return JSON.parse(trimmed);
  } catch {
    return trimmed;
  }
}

function follow(value: unknown, step: Step): unknown[] {
  if ('all' in step) return Array.isArray(value) ? value : isJsonObject(value) ? Object.values(value) : [];
  if ('deep' in step) return deepValues(value, step.deep);
  if ('index' in step) {
    const item = Array.isArray(value) ? (value.at(step.index) as unknown) : undefined;
    return item === undefined ? [] : [item];
  }
  if ('equals' in step) {
    if (!Array.isArray(value)) return [];
    return value.filter((item) => step.path.reduce<unknown>(child, item) === step.equals);
  }
  const found = child(value, step.field);
  return found === undefined ? [] : [found];
}

function child(value: unknown, field: string): unknown {
  return isJsonObject(value) && Object.hasOwn(value, field) ? value[field] : undefined;
}

function deepValues(value: unknown, field: string): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => deepValues(item, field));
  if (!isJsonObject(value)) return [];
  const own = child(value, field);
  const below = Object.values(value).flatMap((item) => deepValues(item, field));
  return own === undefined ? below : [own, ...below];
}
