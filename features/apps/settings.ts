import { UserError } from '@croft/foundation/errors';
import { isJsonObject, type JsonObject } from '@croft/foundation/json';
import { parseDocument } from 'yaml';
import { parseSourceSettings, type Refuse, type SourceSettings } from './source-settings.ts';

/** What the administrator of an instance decides about one application. */
export interface ApplicationSettings {
  /** Which prescription is meant where several namespaces have one of this name; and where its Secret is when none has. */
  namespace?: string;
  /** These go over the defaults. */
  values?: JsonObject;
  /** What becomes of its volumes when it is disabled; they are kept when left out. */
  volumes?: 'keep' | 'delete';
}

/** What the administrator of an instance decides: the content of `settings.yaml`. */
export interface Settings extends SourceSettings {
  domain: string;
  enabledApplications: string[];
  applications: Record<string, ApplicationSettings>;
  /** Beginnings of addresses that kustomizations may refer to on other machines. */
  remoteBases: string[];
}

const known = [
  'domain',
  'enabled_applications',
  'applications',
  'flux_source',
  'local_flux',
  'intervals',
  'remote_bases',
];
const applicationFields = ['namespace', 'values', 'volumes'];
const name = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const remoteBase = /^(\*|(https?|ssh):\/\/[^/]+\/.*)$/;
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
  const remoteBases = settings.remote_bases ?? [];
  if (!Array.isArray(remoteBases) || !remoteBases.every((item) => typeof item === 'string' && remoteBase.test(item))) {
    refuse('remote_bases', 'a list of addresses is expected, such as ["https://github.com/example/"], or ["*"]');
  }
  const domain = settings.domain;
  if (typeof domain !== 'string' || !domainName.test(domain))
    return refuse('domain', 'a domain name is expected, such as example.org');
  return {
    domain,
    enabledApplications: enabled as string[],
    applications: parseApplications(settings.applications ?? {}, refuse),
    remoteBases: remoteBases as string[],
    ...parseSourceSettings(settings, refuse),
  };
}

function parseApplications(value: unknown, refuse: Refuse): Settings['applications'] {
  if (!isJsonObject(value)) return refuse('applications', 'settings by application name are expected');
  for (const [application, own] of Object.entries(value)) {
    const field = `applications.${application}`;
    if (!isJsonObject(own)) return refuse(field, `${applicationFields.join(', ')} are expected here`);
    for (const key of Object.keys(own))
      if (!applicationFields.includes(key)) refuse(`${field}.${key}`, `only ${applicationFields.join(', ')} are known`);
    const { namespace, values = {}, volumes = 'keep' } = own;
    if (!isJsonObject(values)) refuse(`${field}.values`, 'Helm values are expected');
    if (namespace !== undefined && !(typeof namespace === 'string' && name.test(namespace)))
      refuse(`${field}.namespace`, 'the name of a namespace is expected');
    if (volumes !== 'keep' && volumes !== 'delete') refuse(`${field}.volumes`, '"keep" or "delete" is expected');
  }
  return value as Settings['applications'];
}
