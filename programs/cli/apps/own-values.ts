import { encodeJson } from '@croft/encoding/json/encode';
import { readYamlMap } from '@croft/encoding/yaml/read';
import { writeYaml } from '@croft/encoding/yaml/write';
import { errorMessage, UserError } from '@croft/foundation/errors';
import { isJsonObject, type JsonObject } from '@croft/foundation/json';
import { applySet } from '@croft/helm/values/set';

/** Helm values from YAML. Throws UserError naming where they are from. */
export function parseValues(text: string, from: string): JsonObject {
  try {
    return toJson(readYamlMap(text));
  } catch (error) {
    throw new UserError(`${from}: ${errorMessage(error)}`);
  }
}

export function renderValues(values: JsonObject): string {
  return Object.keys(values).length === 0 ? '' : writeYaml(readYamlMap(JSON.stringify(values)));
}

/** Sets values as `helm --set` does: `a.b=1`, `list[0].name=x`. Throws UserError. */
export function assignValues(values: JsonObject, assignments: readonly string[]): JsonObject {
  const changed = readYamlMap(JSON.stringify(values));
  for (const assignment of assignments) {
    if (!/^[^=]+=/.test(assignment))
      throw new UserError(`"${assignment}": KEY=VALUE is expected, such as ingress.host=blog.example.org`);
    try {
      applySet(assignment, changed, 'typed');
    } catch (error) {
      throw new UserError(`"${assignment}": ${errorMessage(error)}`);
    }
  }
  return toJson(changed);
}

/** Takes a value such as `ingress.host` out, with the tables that this leaves empty. Throws UserError when it is not set. */
export function unsetValue(values: JsonObject, path: string): JsonObject {
  const without = removeAt(values, path.split('.'));
  if (without === undefined) throw new UserError(`--unset ${path}: it is not among the values that were set here`);
  return without;
}

function removeAt(values: JsonObject, [key = '', ...rest]: readonly string[]): JsonObject | undefined {
  const { [key]: value, ...others } = values;
  if (value === undefined) return undefined;
  if (rest.length === 0) return others;
  const below = isJsonObject(value) ? removeAt(value as JsonObject, rest) : undefined;
  if (below === undefined) return undefined;
  return Object.keys(below).length === 0 ? others : { ...values, [key]: below };
}

function toJson(values: ReturnType<typeof readYamlMap>): JsonObject {
  return JSON.parse(encodeJson(values)) as JsonObject;
}
