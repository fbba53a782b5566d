import type { UnknownObject } from '@croft/api/object';
import { isJsonObject, type JsonObject } from '@croft/foundation/json';
import { renderYaml } from './print-output.ts';

/** What the API keeps about an object, and what its controllers tell of it: no part of what a chart says. */
const serverFields = [
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
];

/** An object and what becomes of it, each as YAML ('' for none). What Secrets hold is masked, so that only its changes show. */
export function renderPair(before: UnknownObject | undefined, after: UnknownObject | undefined): [string, string] {
  const [old, next] = [before, after].map((object) => (object === undefined ? undefined : cleaned(object)));
  return [render(old, next, 'before'), render(next, old, 'after')];
}

function cleaned(object: UnknownObject): JsonObject {
  const { status: _, ...rest } = object;
  const copy = structuredClone(rest) as JsonObject;
  const metadata = copy.metadata as JsonObject | undefined;
  for (const field of serverFields) delete metadata?.[field];
  return copy;
}

function render(object: JsonObject | undefined, other: JsonObject | undefined, when: string): string {
  if (object === undefined) return '';
  return renderYaml(object.kind === 'Secret' ? masked(object, other, when) : object);
}

function masked(secret: JsonObject, other: JsonObject | undefined, when: string): JsonObject {
  const shown = { ...secret };
  for (const field of ['data', 'stringData']) {
    const values = secret[field];
    if (!isJsonObject(values)) continue;
    const others = other?.[field];
    const mask = ([key, value]: [string, unknown]) => {
      const isSame = isJsonObject(others) && others[key] === value;
      const bytes = Buffer.from(String(value), field === 'data' ? 'base64' : 'utf8').length;
      return [key, `<${bytes} bytes${isSame || other === undefined ? '' : `, ${when}`}>`];
    };
    shown[field] = Object.fromEntries(Object.entries(values).map(mask)) as JsonObject;
  }
  return shown;
}
