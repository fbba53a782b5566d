import { readFileSync } from 'node:fs';
import { decodeJsonMap } from '@croft/encoding/json/decode';
import { errorMessage, hasErrorCode } from '@croft/foundation/errors';
import { decodeBytes } from '@croft/gotemplate/bytes';
import type { Value } from '@croft/gotemplate/value';
import type { Values } from './copy.ts';
import { mergeTables, parseValues } from './documents.ts';
import { applySet, type SetKind, UnclosedIndexError } from './set.ts';

/** Where a user's values come from; later ones win, in the order of these fields. */
export interface ValueSources {
  /** Values files. */
  files?: readonly string[];
  setJson?: readonly string[];
  set?: readonly string[];
  setString?: readonly string[];
  setFile?: readonly string[];
  setLiteral?: readonly string[];
}

/** Reads a file by the path that the user gave. */
export type ReadFile = (path: string) => Promise<Uint8Array>;

/** Merges values files and `--set` expressions. Throws with Helm's words. */
export async function readValues(
  sources: ValueSources,
  read: ReadFile = async (path) => readFileSync(path),
  helmVersion: 3 | 4 = 3,
): Promise<Values> {
  let values: Values = new Map();
  for (const path of sources.files ?? []) {
    const data = await readNamed(path, read);
    values = mergeTables(values, parseValuesFile(path, decodeBytes(data), helmVersion));
  }
  for (const expression of sources.setJson ?? []) values = setJson(values, expression, helmVersion);
  setAll(values, sources.set, 'typed', '--set', helmVersion);
  setAll(values, sources.setString, 'string', '--set-string', helmVersion);
  const texts = await readSetFiles(sources.setFile ?? [], read);
  setAll(values, sources.setFile, (path) => fileText(texts, path), '--set-file', helmVersion);
  setAll(values, sources.setLiteral, 'literal', '--set-literal', helmVersion);
  return values;
}

function parseValuesFile(path: string, text: string, helmVersion: 3 | 4): Values {
  try {
    return parseValues(text, helmVersion);
  } catch (error) {
    throw new Error(`failed to parse ${path}: ${errorMessage(error)}`, { cause: error });
  }
}

async function readNamed(path: string, read: ReadFile): Promise<Uint8Array> {
  try {
    return await read(path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) throw new Error(`open ${path}: no such file or directory`, { cause: error });
    if (hasErrorCode(error, 'EISDIR')) throw new Error(`read ${path}: is a directory`, { cause: error });
    throw error;
  }
}

function setJson(values: Values, expression: string, helmVersion: 3 | 4): Values {
  const object = expression.trim();
  if (helmVersion === 4 && object.startsWith('{')) {
    try {
      return mergeTables(values, decodeJsonMap(object));
    } catch (error) {
      throw new Error(`failed parsing --set-json data JSON: ${expression}`, { cause: error });
    }
  }
  try {
    applySet(expression, values, 'json');
  } catch (error) {
    if (helmVersion === 4 && error instanceof UnclosedIndexError) return values;
    throw new Error(`failed parsing --set-json data ${expression}`, { cause: error });
  }
  return values;
}

function setAll(
  values: Values,
  expressions: readonly string[] | undefined,
  kind: SetKind,
  flag: string,
  helmVersion: 3 | 4,
): void {
  for (const expression of expressions ?? []) {
    try {
      applySet(expression, values, kind);
    } catch (error) {
      if (helmVersion === 4 && error instanceof UnclosedIndexError) continue;
      throw new Error(`failed parsing ${flag} data: ${errorMessage(error)}`, { cause: error });
    }
  }
}

type FileTexts = Map<string, string | Error>;

function fileText(texts: FileTexts, path: string): Value {
  const text = texts.get(path);
  if (text instanceof Error) throw text;
  return text ?? '';
}

/** Reads the files that `--set-file` names before the values are set, which must not wait. */
async function readSetFiles(expressions: readonly string[], read: ReadFile): Promise<FileTexts> {
  const texts: FileTexts = new Map();
  const collect = (path: string): Value => {
    texts.set(path, '');
    return '';
  };
  for (const expression of expressions) {
    try {
      applySet(expression, new Map(), collect);
    } catch {
      // Said again, with its place among the values, when the expression is applied.
    }
  }
  for (const path of texts.keys()) {
    try {
      texts.set(path, decodeBytes(await readNamed(path, read)));
    } catch (error) {
      texts.set(path, error instanceof Error ? error : new Error(String(error)));
    }
  }
  return texts;
}
