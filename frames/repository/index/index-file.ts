import { readFile } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { encodeJson } from '@croft/encoding/json/encode';
import { readYaml, YamlReadError } from '@croft/encoding/yaml/read';
import { errorMessage } from '@croft/foundation/errors';
import { type ChartVersion, chooseVersion, findInvalid, parseChartVersion, sortVersions } from './chart-version.ts';
import { splitJson } from './split-json.ts';
import { type ChartText, type SplitIndex, splitItems, splitYaml } from './split-yaml.ts';

/** The index of a chart repository; its charts are parsed when they are asked for. */
export interface RepositoryIndex {
  /** In the order of the file. */
  names: string[];
  /** All versions of a chart, newest first, but for those that Helm passes over; undefined when the chart is unknown. Throws IndexError. */
  findVersions(name: string): ChartVersion[] | undefined;
  /** The version that `chooseVersion` takes of them, without parsing them all. Throws IndexError, and what chooseVersion throws. */
  findVersion(name: string, range: string): ChartVersion | undefined;
}

/** An index that cannot be read; the message names it, and the chart and the line. */
export class IndexError extends Error {
  override readonly name = 'IndexError';
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
  const readAll = (name: string): ChartVersion[] | undefined => {
    const chart = split.charts.get(name);
    if (chart === undefined) return undefined;
    const versions = readEntries(name, chart, source).map(({ read }) => read());
    return sortVersions(versions.filter((entry) => isValid(entry, name, source, warn)));
  };
  const findVersion = (name: string, range: string): ChartVersion | undefined => {
    const chart = split.charts.get(name);
    if (chart === undefined) return undefined;
    let left = sortVersions(
      readEntries(name, chart, source).flatMap(({ version, read }) =>
        version === undefined ? [] : [{ metadata: { version }, read }],
      ),
    );
    for (;;) {
      const found = chooseVersion(left, range);
      if (found === undefined) return chooseVersion(readAll(name) ?? [], range);
      const entry = found.read();
      if (isValid(entry, name, source, warn)) return entry;
      left = left.filter((one) => one !== found);
    }
  };
  return { names: [...split.charts.keys()], findVersions: readAll, findVersion };
}

function isValid(entry: ChartVersion, name: string, source: string, warn: (text: string) => void): boolean {
  const problem = findInvalid(entry);
  if (problem === undefined) return true;
  warn(`skipping loading invalid entry for chart "${name}" "${entry.metadata.version}" from ${source}: ${problem}`);
  return false;
}

interface Entry {
  /** Told without parsing the entry; undefined when that does not tell. */
  version: string | undefined;
  read(): ChartVersion;
}

function readEntries(name: string, chart: ChartText, source: string): Entry[] {
  const items = /^\s*(\[|null\s*$)/.test(chart.text) ? splitJsonItems(chart) : splitItems(chart);
  if (items === undefined) {
    throw new IndexError(
      `error loading ${source}: the entry of chart ${name} (line ${chart.line}) is no list of versions`,
    );
  }
  return items.map(({ text, line }) => ({
    version: peekVersion(text),
    read: () => {
      try {
        return parseChartVersion(text);
      } catch (error) {
        if (!(error instanceof YamlReadError)) throw error;
        throw new IndexError(`error loading ${source}: chart ${name}, line ${line}: ${error.message}`, {
          cause: error,
        });
      }
    },
  }));
}

/** The version of an entry whose keys stand on lines of their own. */
function peekVersion(text: string): string | undefined {
  const column = /\S/.exec(text)?.index ?? 0;
  const [, version] =
    new RegExp(`^ {${column}}version: *["']?(v?[0-9]+\\.[0-9]+\\.[0-9]+[0-9A-Za-z.+-]*)["']? *\r?$`, 'm').exec(text) ??
    [];
  return version;
}

function splitJsonItems({ text, line }: ChartText): ChartText[] | undefined {
  const list: unknown = JSON.parse(text);
  if (list === null) return [];
  if (!Array.isArray(list)) return undefined;
  // Written anew, JSON has no escapes that YAML does not know.
  return list.filter((item) => item !== null).map((item) => ({ text: JSON.stringify(item), line }));
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
