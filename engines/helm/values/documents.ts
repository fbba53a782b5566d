import { readYamlMap } from '@croft/encoding/yaml/read';
import { errorMessage } from '@croft/foundation/errors';
import { trimSpace } from '../functions/strings.ts';
import { isTable, type Values } from './copy.ts';

/** Values over others: tables are merged, anything else is replaced. */
export function mergeTables(under: Values, over: Values): Values {
  const merged: Values = new Map(under);
  for (const [key, value] of over) {
    const existing = merged.get(key);
    merged.set(key, isTable(value) && isTable(existing) ? mergeTables(existing, value) : value);
  }
  return merged;
}

/** The values in a text: Helm 3 reads its first document, Helm 4 merges all. Throws YamlReadError. */
export function parseValues(text: string, helmVersion: 3 | 4): Values {
  if (helmVersion === 3) return readYamlMap(text);
  let values: Values = new Map();
  for (const document of documentsOf(text)) values = mergeTables(values, parseDocument(document));
  return values;
}

function documentsOf(text: string): string[] {
  try {
    return splitDocuments(text);
  } catch (error) {
    throw new Error(`error reading yaml document: ${errorMessage(error)}`, { cause: error });
  }
}

function parseDocument(text: string): Values {
  try {
    return readYamlMap(text);
  } catch (error) {
    throw new Error(`cannot unmarshal yaml document: ${errorMessage(error)}`, { cause: error });
  }
}

/** As k8s.io/apimachinery's YAMLReader: lines that begin with `---` divide, and nothing may follow it there. Throws. */
export function splitDocuments(text: string): string[] {
  const documents: string[] = [];
  let document = '';
  for (const line of text.replace(/\n$/, '').split('\n')) {
    if (!line.startsWith('---')) {
      document += `${line.replace(/\r$/, '')}\n`;
      continue;
    }
    const rest = trimSpace(line.slice(3));
    if (rest !== '' && !rest.startsWith('#')) {
      throw new Error(`invalid Yaml document separator: ${rest}`);
    }
    if (document !== '') documents.push(document);
    document = '';
  }
  if (document !== '') documents.push(document);
  return documents;
}
