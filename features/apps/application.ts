import type { ConfigMap } from '@croft/api/types';
import { isJsonObject, type JsonObject } from '@croft/foundation/json';
import { parse } from 'yaml';

/** Marks a ConfigMap of the prescriptions as the description of an application; the value is the application's name. */
export const applicationLabel = 'apps.croft.dev/application';

/** An application that can be installed, as its prescription describes it. */
export interface Application {
  /** Also the name of its HelmRelease, which stands in the same namespace. */
  name: string;
  namespace: string;
  title: string;
  description: string;
  /** Who logs in first, and where in the values that person's password stands. */
  login?: { user: string; passwordFrom: string };
  /** The first values, with placeholders. */
  settings: JsonObject;
}

/** Reads the ConfigMap's keys `application.yaml` and `settings.yaml`. Throws Error naming what is wrong. */
export function parseApplication({ metadata, data = {} }: ConfigMap): Application {
  const name = metadata?.labels?.[applicationLabel] ?? '';
  const about: unknown = parse(data['application.yaml'] ?? '') ?? {};
  const settings: unknown = parse(data['settings.yaml'] ?? '') ?? {};
  if (!isJsonObject(about)) throw new Error('application.yaml: title and description are expected');
  if (!isJsonObject(settings)) throw new Error('settings.yaml: Helm values are expected');
  const { title = name, description = '', login } = about;
  const isLogin = isJsonObject(login) && typeof login.user === 'string' && typeof login.passwordFrom === 'string';
  if (login !== undefined && !isLogin) throw new Error('application.yaml: login needs user and passwordFrom');
  return {
    name,
    namespace: metadata?.namespace ?? 'default',
    title: String(title),
    description: String(description),
    ...(isLogin ? { login: { user: String(login.user), passwordFrom: String(login.passwordFrom) } } : {}),
    settings: settings as JsonObject,
  };
}
