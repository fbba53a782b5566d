import { readYamlMap } from '@croft/encoding/yaml/read';
import { errorMessage } from '@croft/foundation/errors';
import { decodeBytes } from '@croft/gotemplate/bytes';
import { quoteString } from '@croft/gotemplate/fmt/quote';
import { typeName, type Value } from '@croft/gotemplate/value';
import type { ChartFile, ChartMetadata, Maintainer } from '../chart/chart.ts';
import { parseMetadata } from '../chart/metadata.ts';
import { compareVersions, findVersion, parseVersion } from '../semver/version.ts';
import type { Report } from './message.ts';

const NAME = 'Chart.yaml';

/** Checks Chart.yaml. */
export function lintChartFile(file: ChartFile, report: Report): void {
  const text = decodeBytes(file.data);
  let metadata: ChartMetadata;
  try {
    metadata = parseMetadata(text);
  } catch (error) {
    report('ERROR', NAME, `unable to parse YAML\n\t${errorMessage(error)}`);
    return;
  }
  const raw = readYamlMap(text);
  report('ERROR', NAME, nameProblem(metadata));
  report('ERROR', NAME, apiVersionProblem(metadata));
  report('ERROR', NAME, typeProblem(raw, 'version'));
  report('ERROR', NAME, versionProblem(metadata.version));
  report('ERROR', NAME, typeProblem(raw, 'appVersion'));
  report(
    'ERROR',
    NAME,
    metadata.maintainers.map(maintainerProblem).find((problem) => problem !== undefined),
  );
  const source = metadata.sources.find((url) => !isRequestUrl(url));
  report('ERROR', NAME, source === undefined ? undefined : `invalid source URL '${source}'`);
  report('INFO', NAME, metadata.icon === '' ? 'icon is recommended' : undefined);
  report(
    'ERROR',
    NAME,
    metadata.icon !== '' && !isRequestUrl(metadata.icon) ? `invalid icon URL '${metadata.icon}'` : undefined,
  );
  if (metadata.apiVersion === 'v2') return;
  const found = `apiVersion '${metadata.apiVersion}'`;
  report(
    'ERROR',
    NAME,
    metadata.type === '' ? undefined : `chart type is not valid in ${found}. It is valid in apiVersion 'v2'`,
  );
  report(
    'ERROR',
    NAME,
    (metadata.dependencies ?? []).length === 0
      ? undefined
      : `dependencies are not valid in the Chart file with ${found}. They are valid in apiVersion 'v2'`,
  );
}

function nameProblem({ name }: ChartMetadata): string | undefined {
  if (name === '') return 'name is required';
  return /^[^/]+$|^\/$/.test(name) ? undefined : `chart name ${quoteString(name)} is invalid`;
}

function apiVersionProblem({ apiVersion }: ChartMetadata): string | undefined {
  const must = 'The value must be either "v1" or "v2"';
  if (apiVersion === '') return `apiVersion is required. ${must}`;
  return ['v1', 'v2'].includes(apiVersion) ? undefined : `apiVersion '${apiVersion}' is not valid. ${must}`;
}

function typeProblem(raw: Map<string, Value>, key: string): string | undefined {
  const value = raw.get(key);
  if (value === undefined || typeof value === 'string') return undefined;
  return `${key} should be of type string but it's of type ${value === null ? '<nil>' : typeName(value)}`;
}

function versionProblem(text: string): string | undefined {
  if (text === '') return 'version is required';
  const version = findVersion(text);
  if (version === undefined) return `version '${text}' is not a valid SemVer`;
  const least = '0.0.0-0';
  if (compareVersions(version, parseVersion(least)) > 0) return undefined;
  return `version ${text} is less than or equal to ${least}`;
}

function maintainerProblem(maintainer: Maintainer | null): string | undefined {
  if (maintainer === null) return 'a maintainer entry is empty';
  const { name, email, url } = maintainer;
  if (name === '') return 'each maintainer requires a name';
  if (email !== '' && !/^[^\s@<>()]+@[^\s@.]+(\.[^\s@.]+)+$/.test(email)) {
    return `invalid email '${email}' for maintainer '${name}'`;
  }
  if (url !== '' && !isUrl(url)) return `invalid url '${url}' for maintainer '${name}'`;
  return undefined;
}

/** A URL, or a name of a host that could be one. */
function isUrl(text: string): boolean {
  const full = text.includes('://') ? text : `http://${text}`;
  return !/\s/.test(text) && URL.canParse(full) && /[.:]|^localhost/.test(new URL(full).host);
}

function isRequestUrl(text: string): boolean {
  return /^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(text) && !/[\s\x00-\x1f]/.test(text) && URL.canParse(text);
}
