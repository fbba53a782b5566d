import { isJsonObject, type JsonObject } from '@croft/foundation/json';

/** The part of the settings that says which prescriptions are followed, and how often what is looked at. */
export interface SourceSettings {
  /** Another repository to follow than the instance's own; the instance never writes to it. */
  fluxSource?: FluxSource;
  /** The copy of a workstation's folder that is followed instead of any other repository. */
  localFlux?: { path: string };
  intervals: Intervals;
}

export interface FluxSource {
  repo: string;
  branch: string;
  /** The watched folder in the repository. */
  path: string;
  /** A Secret in the namespace croft-system with username and password, where the repository asks for them. */
  secret?: string;
}

/** Go durations. Changes that a watch or a push tells of are not waited for. */
export interface Intervals {
  /** How often a repository elsewhere is asked for a new commit. */
  fetch: string;
  /** How often the prescriptions are applied again though they did not change. */
  prescriptions: string;
  /** How often a release is compared with what is installed, where its file does not say it. */
  releases: string;
}

export const defaultIntervals: Intervals = { fetch: '1m', prescriptions: '1h', releases: '20m' };

/** Ends in an error that names the field and what is expected there. */
export type Refuse = (field: string, expected: string) => never;

const defaultPath = 'flux';
const duration = /^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$/;

/** Reads `flux_source`, `local_flux` and `intervals`. */
export function parseSourceSettings(settings: JsonObject, refuse: Refuse): SourceSettings {
  const fluxSource = parseFluxSource(settings.flux_source, refuse);
  const localFlux = parseLocalFlux(settings.local_flux, refuse);
  return {
    ...(fluxSource === undefined ? {} : { fluxSource }),
    ...(localFlux === undefined ? {} : { localFlux }),
    intervals: parseIntervals(settings.intervals, refuse),
  };
}

function parseFluxSource(value: unknown, refuse: Refuse): FluxSource | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value) || typeof value.repo !== 'string')
    return refuse('flux_source', 'repo is expected, and optionally branch, path and secret');
  const { repo, branch = 'main', path = defaultPath, secret } = value;
  if (typeof branch !== 'string' || typeof path !== 'string') return refuse('flux_source', 'branch and path are texts');
  if (secret !== undefined && typeof secret !== 'string')
    return refuse('flux_source.secret', 'the name of a Secret in croft-system is expected');
  return { repo, branch, path, ...(secret === undefined ? {} : { secret }) };
}

/** `true`, or a `path` in the copied folder. */
function parseLocalFlux(value: unknown, refuse: Refuse): { path: string } | undefined {
  if (value === undefined || value === null || value === false) return undefined;
  if (value === true) return { path: defaultPath };
  if (!isJsonObject(value)) return refuse('local_flux', 'true or false is expected, or a path');
  const { path = defaultPath } = value;
  return typeof path === 'string' ? { path } : refuse('local_flux.path', 'a folder of the copy is expected');
}

function parseIntervals(value: unknown, refuse: Refuse): Intervals {
  if (value === undefined || value === null) return defaultIntervals;
  const fields = Object.keys(defaultIntervals);
  if (!isJsonObject(value)) return refuse('intervals', `${fields.join(', ')} are expected here`);
  for (const [field, text] of Object.entries(value)) {
    if (!fields.includes(field)) refuse(`intervals.${field}`, `only ${fields.join(', ')} are known`);
    if (typeof text !== 'string' || !duration.test(text))
      refuse(`intervals.${field}`, 'a duration is expected, such as 20m or 1h30m');
  }
  return { ...defaultIntervals, ...value } as Intervals;
}
