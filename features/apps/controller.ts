import { configMaps, secrets } from '@croft/api/kinds';
import { keyOf, type Stored } from '@croft/api/object';
import type { ConfigMap, Secret } from '@croft/api/types';
import { type Controller, type ControllerContext, onChangeOf, startController } from '@croft/controller/controller';
import { createEventRecorder } from '@croft/controller/events';
import { errorMessage } from '@croft/foundation/errors';
import type { JsonObject } from '@croft/foundation/json';
import { parse, stringify } from 'yaml';
import { type Application, applicationLabel, parseApplication } from './application.ts';
import { type Places, placesOf } from './own-values.ts';
import { parseSettings, type Settings } from './settings.ts';
import { composeValues, type Placeholders } from './settings-values.ts';

/** The ConfigMap that holds the instance's settings in the API, under the key `settings.yaml`. */
export const settingsKey = { namespace: 'croft-system', name: 'settings' };

const defaultsAnnotation = 'apps.croft.dev/defaults';
const ownValuesAnnotation = 'apps.croft.dev/own-values';
const fieldManager = 'croft-apps';

/**
 * Applications: every description (a ConfigMap with the application label) gets a settings Secret `<name>-settings`
 * beside it, with the keys `enabled` and `values.yaml`, made from the description and the instance's settings.
 */
export function startApps(context: ControllerContext & { portSuffix: string }): Controller {
  const { client, informers } = context;
  const events = createEventRecorder({ ...context, component: fieldManager });
  const scope = { labelSelector: applicationLabel };
  const settingsScope = { namespace: settingsKey.namespace, fieldSelector: `metadata.name=${settingsKey.name}` };
  const descriptions = () => informers.of(configMaps, scope).list().map(keyOf);

  async function reconcileSettingsSecret(description: Stored<ConfigMap>): Promise<void> {
    const settings = findSettings(informers.of(configMaps, settingsScope).get(settingsKey));
    if (settings === undefined) return; // the trigger brings us back
    const application = parseApplication(description);
    const key = { namespace: application.namespace, name: `${application.name}-settings` };
    const present = await client.find(secrets, key);
    const placeholders = { domain: settings.domain, portSuffix: context.portSuffix };
    const wanted = settingsSecret(application, settings, placeholders, present);
    await client.apply(
      secrets,
      { metadata: { ...key, ...wanted.metadata }, data: wanted.data },
      { force: true, fieldManager },
    );
  }

  return startController<ConfigMap>(context, {
    name: 'apps',
    kind: configMaps,
    scope,
    triggers: [onChangeOf(configMaps, descriptions, settingsScope)],
    reconcile: async (description) => {
      if (description === undefined || description.metadata.deletionTimestamp !== undefined) return undefined;
      try {
        await reconcileSettingsSecret(description);
      } catch (error) {
        events.record(description, 'Warning', 'SettingsFailed', errorMessage(error));
        throw error;
      }
      return undefined;
    },
  });
}

function findSettings(stored: ConfigMap | undefined): Settings | undefined {
  const text = stored?.data?.['settings.yaml'];
  return text === undefined ? undefined : parseSettings(text, 'settings.yaml');
}

function settingsSecret(
  application: Application,
  settings: Settings,
  placeholders: Placeholders,
  present: Secret | undefined,
) {
  const own = settings.applications[application.name]?.values ?? {};
  const { values, defaults } = composeValues({
    template: application.settings,
    placeholders,
    existing: readValues(present),
    lastDefaults: readAnnotation(present, defaultsAnnotation) as JsonObject,
    own,
    lastOwn: readAnnotation(present, ownValuesAnnotation) as Places,
  });
  const enabled = settings.enabledApplications.includes(application.name);
  return {
    metadata: {
      labels: { [applicationLabel]: application.name },
      annotations: {
        [defaultsAnnotation]: JSON.stringify(defaults),
        [ownValuesAnnotation]: JSON.stringify(placesOf(own)),
      },
    },
    data: { enabled: toBase64(String(enabled)), 'values.yaml': toBase64(stringify(values)) },
  };
}

function readAnnotation(secret: Secret | undefined, name: string): unknown {
  return JSON.parse(secret?.metadata?.annotations?.[name] ?? '{}');
}

function readValues(secret: Secret | undefined): JsonObject {
  const text = Buffer.from(secret?.data?.['values.yaml'] ?? '', 'base64').toString('utf8');
  return (parse(text) ?? {}) as JsonObject;
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}
