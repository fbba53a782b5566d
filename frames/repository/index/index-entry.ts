import { YamlReadError } from '@croft/encoding/yaml/read';
import { type ChartVersion, parseChartVersion, sortVersions } from './chart-version.ts';
import { IndexError } from './index-error.ts';
import { type ChartText, splitItems } from './split-yaml.ts';

/** A version in an index that is parsed when it is asked for. */
export interface IndexEntry {
  metadata: { version: string };
  /** Throws IndexError. */
  read(): ChartVersion;
}

/** The versions of a chart, newest first. Throws IndexError. */
export function listEntries(name: string, chart: ChartText, source: string): IndexEntry[] {
  const items = /^\s*(\[|null\s*$)/.test(chart.text) ? splitJsonItems(chart) : splitItems(chart);
  if (items === undefined) {
    throw new IndexError(
      `error loading ${source}: the entry of chart ${name} (line ${chart.line}) is no list of versions`,
    );
  }
  const entries = items.map(({ text, line }): IndexEntry => {
    const read = () => readEntry(text, `${source}: chart ${name}, line ${line}`);
    return { metadata: { version: peekVersion(text) ?? read().metadata.version }, read };
  });
  return sortVersions(entries);
}

function readEntry(text: string, where: string): ChartVersion {
  try {
    return parseChartVersion(text);
  } catch (error) {
    if (!(error instanceof YamlReadError)) throw error;
    throw new IndexError(`error loading ${where}: ${error.message}`, { cause: error });
  }
}

/** The version of an entry whose keys stand on lines of their own, without parsing it. */
function peekVersion(text: string): string | undefined {
  const column = /\S/.exec(text)?.index ?? 0;
  const line = new RegExp(`^ {${column}}version: *["']?(v?[0-9]+\\.[0-9]+\\.[0-9]+[0-9A-Za-z.+-]*)["']? *\\r?$`, 'm');
  return line.exec(text)?.[1];
}

function splitJsonItems({ text, line }: ChartText): ChartText[] | undefined {
  const list: unknown = JSON.parse(text);
  if (list === null) return [];
  if (!Array.isArray(list)) return undefined;
  // Written anew, JSON has no escapes that YAML does not know.
  return list.filter((item) => item !== null).map((item) => ({ text: JSON.stringify(item), line }));
}
