import type { Secret } from '@croft/api/types';
import { isJsonObject, type Json, type JsonObject, jsonEqual } from '@croft/foundation/json';
import { parse, stringify } from 'yaml';
import { applicationLabel } from './application.ts';
import { type Places, placesOf } from './own-values.ts';
import type { ApplicationSettings } from './settings.ts';
import { composeValues, type Placeholders } from './settings-values.ts';

const defaultsAnnotation = 'apps.croft.dev/defaults';
const ownValuesAnnotation = 'apps.croft.dev/own-values';

export interface SettingsSecretOptions {
  name: string;
  namespace: string;
  enabled: boolean;
  own: ApplicationSettings;
  /** The application's first values, with placeholders. */
  template: JsonObject;
  placeholders: Placeholders;
  /** The Secret as it stands. */
  present: Secret | undefined;
}

/** The name of an application's settings Secret, in the application's namespace. */
export function settingsSecretName(application: string): string {
  return `${application}-settings`;
}

/**
 * The settings Secret of an application: the keys `enabled` and `values.yaml`, and `volumes` where its volumes are not
 * to be kept when it is disabled.
 */
export function renderSettingsSecret(options: SettingsSecretOptions): Secret {
  const { name, namespace, enabled, own, present } = options;
  const ownValues = own.values ?? {};
  const { values, defaults } = composeValues({
    template: options.template,
    placeholders: options.placeholders,
    existing: readSettingsValues(present),
    lastDefaults: readAnnotation(present, defaultsAnnotation) as JsonObject,
    own: ownValues,
    lastOwn: readAnnotation(present, ownValuesAnnotation) as Places,
  });
  return {
    metadata: {
      name: settingsSecretName(name),
      namespace,
      labels: { [applicationLabel]: name },
      annotations: {
        [defaultsAnnotation]: JSON.stringify(defaults),
        [ownValuesAnnotation]: JSON.stringify(placesOf(ownValues)),
      },
    },
    data: {
      enabled: toBase64(String(enabled)),
      'values.yaml': toBase64(stringify(values)),
      ...(own.volumes === undefined ? {} : { volumes: toBase64(own.volumes) }),
    },
  };
}

/** The values that a settings Secret holds; none when it does not exist. Throws when they are not YAML. */
export function readSettingsValues(secret: Secret | undefined): JsonObject {
  return (parse(readSecretText(secret, 'values.yaml')) ?? {}) as JsonObject;
}

/** Whether the Secret was made with these own values of the administrator, and with no others. */
export function holdsOwnValues(secret: Secret | undefined, own: JsonObject): boolean {
  if (!jsonEqual(readAnnotation(secret, ownValuesAnnotation) as JsonObject, placesOf(own))) return false;
  return holds(readSettingsValues(secret), own);
}

function holds(values: Json | undefined, own: Json): boolean {
  if (!isJsonObject(own)) return jsonEqual(values, own);
  return (
    isJsonObject(values) &&
    Object.entries(own).every(([key, value]) => holds((values as JsonObject)[key], value as Json))
  );
}

/** A key of a Secret as text; empty when it is not there. */
export function readSecretText(secret: Secret | undefined, key: string): string {
  return Buffer.from(secret?.data?.[key] ?? '', 'base64').toString('utf8');
}

function readAnnotation(secret: Secret | undefined, name: string): unknown {
  return JSON.parse(secret?.metadata?.annotations?.[name] ?? '{}');
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}
