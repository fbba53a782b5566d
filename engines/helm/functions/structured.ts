import { decodeJson, decodeJsonList, decodeJsonMap, JsonDecodeError } from '@croft/encoding/json/decode';
import { encodeJson } from '@croft/encoding/json/encode';
import { readYamlList, readYamlMap } from '@croft/encoding/yaml/read';
import { writeYaml, writeYamlPretty } from '@croft/encoding/yaml/write';
import { errorMessage } from '@croft/foundation/errors';
import { goFunction } from '@croft/gotemplate/functions';
import { ANY, STRING } from '@croft/gotemplate/type';
import type { Value } from '@croft/gotemplate/value';
import { readToml } from '../toml/read.ts';
import type { TomlVersion } from '../toml/scanner.ts';
import { writeToml } from '../toml/write.ts';
import type { FunctionGroup } from './group.ts';

function orEmpty(write: () => string): string {
  try {
    return write();
  } catch {
    return '';
  }
}

/** A map that holds the error under `Error`, as Helm gives it, where the text cannot be read. */
function orErrorMap(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    const read = error instanceof JsonDecodeError && error.decoded instanceof Map ? error.decoded : [];
    return new Map<string, Value>([...read, ['Error', errorMessage(error)]]);
  }
}

function orErrorList(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    return [errorMessage(error)];
  }
}

function withoutLastBreak(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}

function tomlOrError(value: Value, version: TomlVersion): string {
  if (value === null) throw new Error('reflect: call of reflect.Value.Type on zero Value');
  try {
    return writeToml(value, version);
  } catch (error) {
    return errorMessage(error);
  }
}

function yamlOrFail(value: Value): string {
  try {
    return writeYaml(value);
  } catch (error) {
    throw new Error(`error marshaling into JSON: ${errorMessage(error)}`, { cause: error });
  }
}

/** What Helm 4 adds: failing instead of giving nothing. */
export const structuredFunctions4: FunctionGroup = {
  mustToYaml: goFunction([ANY], (value) => withoutLastBreak(yamlOrFail(value))),
  mustToToml: goFunction([ANY], (value) => writeToml(value, '1.6')),
  toToml: goFunction([ANY], (value) => tomlOrError(value, '1.6')),
  fromToml: goFunction([STRING], (text) => orErrorMap(() => readToml(text, '1.6'))),
};

/** YAML, JSON and TOML. */
export const structuredFunctions: FunctionGroup = {
  toYaml: goFunction([ANY], (value) => orEmpty(() => withoutLastBreak(writeYaml(value)))),
  toYamlPretty: goFunction([ANY], (value) => orEmpty(() => withoutLastBreak(writeYamlPretty(value)))),
  fromYaml: goFunction([STRING], (text) => orErrorMap(() => readYamlMap(text))),
  fromYamlArray: goFunction([STRING], (text) => orErrorList(() => readYamlList(text))),
  toJson: goFunction([ANY], (value) => orEmpty(() => encodeJson(value))),
  fromJson: goFunction([STRING], (text) => orErrorMap(() => decodeJsonMap(text))),
  fromJsonArray: goFunction([STRING], (text) => orErrorList(() => decodeJsonList(text))),
  mustToJson: goFunction([ANY], (value) => encodeJson(value)),
  mustFromJson: goFunction([STRING], (text) => decodeJson(text)),
  toPrettyJson: goFunction([ANY], (value) => orEmpty(() => encodeJson(value, { indent: '  ' }))),
  mustToPrettyJson: goFunction([ANY], (value) => encodeJson(value, { indent: '  ' })),
  toRawJson: goFunction([ANY], (value) => encodeJson(value, { escapeHtml: false })),
  mustToRawJson: goFunction([ANY], (value) => encodeJson(value, { escapeHtml: false })),
  toToml: goFunction([ANY], (value) => tomlOrError(value, '1.5')),
  fromToml: goFunction([STRING], (text) => orErrorMap(() => readToml(text))),
};
