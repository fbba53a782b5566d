import { readFile } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { encodeJson } from '@croft/encoding/json/encode';
import { readYaml } from '@croft/encoding/yaml/read';
import { errorMessage } from '@croft/foundation/errors';
import { type ChartVersion, chooseVersion, findInvalid } from './chart-version.ts';
import { type IndexEntry, listEntries } from './index-entry.ts';
import { IndexError } from './index-error.ts';
import { splitJson } from './split-json.ts';
import { type ChartText, type SplitIndex, splitYaml } from './split-yaml.ts';

/** The index of a chart repository; its charts are parsed when they are asked for. All functions throw IndexError. */
export interface RepositoryIndex {
  /** In the order of the file. */
  names: string[];
  /** The versions of a chart, newest first, read one by one; those that Helm passes over are left out. None when the chart is unknown. */
  eachVersion(name: string): Iterable<ChartVersion>;
  /** The version that `chooseVersion` takes, without parsing the others. Throws what chooseVersion throws. */
  findVersion(name: string, range: string): ChartVersion | undefined;
}

/** Reads an index from a file. Throws IndexError. */
export async function readIndex(path: string, warn?: (text: string) => void): Promise<RepositoryIndex> {
  return await parseIndex(await readFile(path, 'utf8'), path, warn);
}

/**
 * An index, in YAML or in JSON; `source` names it in errors and warnings. Does not hold the process up: large ones are
 * taken apart in pieces. Throws IndexError.
 */
export async function parseIndex(
  text: string,
  source: string,
  warn: (text: string) => void = () => {},
): Promise<RepositoryIndex> {
  if (text.trim() === '') throw new IndexError(`error loading ${source}: empty index.yaml file`);
  const isJson = /^\s*\{/.test(text);
  const split =
    (isJson ? await splitJson(text, nextTurn) : await splitYaml(text, nextTurn)) ?? splitParsed(text, source);
  if (split.apiVersion === '') throw new IndexError(`error loading ${source}: no API version specified`);
  const entriesOf = (name: string): IndexEntry[] => {
    const chart = split.charts.get(name);
    return chart === undefined ? [] : listEntries(name, chart, source);
  };
  const readValid = (name: string, { metadata: { version }, read }: IndexEntry): ChartVersion | undefined => {
    const entry = read();
    const problem = findInvalid(entry);
    if (problem === undefined) return entry;
    warn(`skipping loading invalid entry for chart "${name}" "${version}" from ${source}: ${problem}`);
    return undefined;
  };
  return {
    names: [...split.charts.keys()],
    *eachVersion(name) {
      for (const entry of entriesOf(name)) {
        const version = readValid(name, entry);
        if (version !== undefined) yield version;
      }
    },
    findVersion: (name, range) => {
      for (let left = entriesOf(name); ; ) {
        const found = chooseVersion(left, range);
        const version = found === undefined ? undefined : readValid(name, found);
        if (found === undefined || version !== undefined) return version;
        left = left.filter((one) => one !== found);
      }
    },
  };
}

/** Parses the whole text: for indexes in an unusual form, and for the error of what is none. */
function splitParsed(text: string, source: string): SplitIndex {
  let value: unknown;
  try {
    value = readYaml(text);
  } catch (error) {
    throw new IndexError(`error loading ${source}: ${errorMessage(error)}`, { cause: error });
  }
  if (!(value instanceof Map)) throw new IndexError(`error loading ${source}: this is no index of a chart repository`);
  const apiVersion: unknown = value.get('apiVersion');
  const entries: unknown = value.get('entries');
  const charts = new Map<string, ChartText>();
  if (entries instanceof Map) {
    for (const [name, versions] of entries) charts.set(String(name), { text: encodeJson(versions), line: 1 });
  }
  return { apiVersion: typeof apiVersion === 'string' ? apiVersion : '', charts };
}
