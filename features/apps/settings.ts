import { UserError } from '@croft/foundation/errors';
import { isJsonObject, type JsonObject } from '@croft/foundation/json';
import { parseDocument } from 'yaml';

/** What the administrator of an instance decides: the content of `settings.yaml`. */
export interface Settings {
  domain: string;
  enabledApplications: string[];
  /** By application: values that go over the defaults. */
  applications: Record<string, { values?: JsonObject }>;
  /** Another repository to follow than the instance's own. */
  fluxSource?: { repo: string; branch: string; path: string };
}

const known = ['domain', 'enabled_applications', 'applications', 'flux_source'];
const name = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const domainName = /^([a-z0-9]([-a-z0-9]*[a-z0-9])?)(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Reads `settings.yaml`. Throws UserError naming the file, the line or field, and what is expected there. */
export function parseSettings(text: string, file: string): Settings {
  const document = parseDocument(text, { logLevel: 'silent' });
  const [problem] = document.errors;
  if (problem !== undefined) throw new UserError(`${file}: ${problem.message}`);
  const value: unknown = document.toJS() ?? {};
  const refuse = (field: string, expected: string): never => {
    throw new UserError(`${file}: ${field}: ${expected}`);
  };
  if (!isJsonObject(value))
    throw new UserError(`${file}: settings are expected, such as "enabled_applications: [wordpress]"`);
  const settings = value;
  for (const key of Object.keys(settings))
    if (!known.includes(key)) refuse(key, `is no setting; there are ${known.join(', ')}`);

  const enabled = settings.enabled_applications ?? [];
  if (!Array.isArray(enabled) || !enabled.every((item) => typeof item === 'string' && name.test(item))) {
    refuse('enabled_applications', 'a list of application names is expected, such as [wordpress, tiddlywiki]');
  }
  const domain = settings.domain;
  if (typeof domain !== 'string' || !domainName.test(domain))
    return refuse('domain', 'a domain name is expected, such as example.org');
  const fluxSource = parseFluxSource(settings.flux_source, refuse);
  return {
    domain,
    enabledApplications: enabled as string[],
    applications: parseApplications(settings.applications ?? {}, refuse),
    ...(fluxSource === undefined ? {} : { fluxSource }),
  };
}

type Refuse = (field: string, expected: string) => never;

function parseApplications(value: unknown, refuse: Refuse): Settings['applications'] {
  if (!isJsonObject(value)) return refuse('applications', 'settings by application name are expected');
  for (const [application, own] of Object.entries(value)) {
    if (!isJsonObject(own) || Object.keys(own).some((key) => key !== 'values'))
      refuse(`applications.${application}`, 'only "values" is expected here');
    else if (!isJsonObject(own.values ?? {})) refuse(`applications.${application}.values`, 'Helm values are expected');
  }
  return value as Settings['applications'];
}

function parseFluxSource(value: unknown, refuse: Refuse): Settings['fluxSource'] {
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value) || typeof value.repo !== 'string')
    return refuse('flux_source', 'repo is expected, and optionally branch and path');
  const { repo, branch = 'main', path = 'flux' } = value;
  if (typeof branch !== 'string' || typeof path !== 'string') return refuse('flux_source', 'branch and path are texts');
  return { repo, branch, path };
}
