import { writeYaml } from '@croft/encoding/yaml/write';
import { decodeBytes } from '@croft/gotemplate/bytes';
import { goMethod } from '@croft/gotemplate/functions';
import { STRING, STRING_SLICE } from '@croft/gotemplate/type';
import { GoMap, GoSlice, type Value } from '@croft/gotemplate/value';
import type { ChartFile } from '../chart/chart.ts';
import { compileGlob } from '../chart/glob.ts';
import { filesType } from './types.ts';

type Text = readonly [typeof STRING];

/** `.Files`: the files of a chart by path, with the methods that Helm gives them. */
const FILES = filesType({
  GetBytes: goMethod<GoMap, Text>([STRING], (files, name) => bytesOf(files, name)),
  Get: goMethod<GoMap, Text>([STRING], (files, name) => decodeBytes(bytesOf(files, name))),
  Glob: goMethod<GoMap, Text>([STRING], globFiles),
  AsConfig: goMethod<GoMap>([], (files) => renderTable(files, decodeBytes)),
  AsSecrets: goMethod<GoMap>([], (files) => renderTable(files, (data) => Buffer.from(data).toString('base64'))),
  Lines: goMethod<GoMap, Text>([STRING], listLines),
});

export function createFiles(files: readonly ChartFile[]): GoMap {
  return new GoMap(FILES, new Map<string, Value>(files.map(({ name, data }) => [name, data])));
}

function bytesOf(files: GoMap, name: string): Uint8Array {
  const data = files.entries.get(name);
  return data instanceof Uint8Array ? data : new Uint8Array();
}

function globFiles(files: GoMap, pattern: string): GoMap {
  const matches = compileGlob(pattern) ?? (() => true);
  const found = [...files.entries].filter(([name]) => matches(name));
  return new GoMap(FILES, new Map(found));
}

function renderTable(files: GoMap, convert: (data: Uint8Array) => string): string {
  const table = new Map<string, Value>();
  for (const name of files.entries.keys()) table.set(baseName(name), convert(bytesOf(files, name)));
  try {
    return writeYaml(table).replace(/\n$/, '');
  } catch {
    return '';
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function listLines(files: GoMap, name: string): GoSlice {
  if (!files.entries.has(name)) return new GoSlice(STRING_SLICE, []);
  const text = decodeBytes(bytesOf(files, name));
  if (text === '') throw new Error('runtime error: index out of range [-1]');
  return new GoSlice(STRING_SLICE, (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n'));
}
