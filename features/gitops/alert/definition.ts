import { objectsReference } from '../receiver/definition.ts';
import { age, definition, flag, list, named, object, oneOf, text, texts } from '../schema-words.ts';
import { alerts } from './types.ts';

const spec = object(
  {
    providerRef: named(),
    eventSeverity: { ...oneOf('info', 'error'), default: 'info' },
    eventSources: list(object(objectsReference, ['kind', 'name'])),
    inclusionList: list(text),
    exclusionList: list(text),
    eventMetadata: texts,
    summary: { type: 'string', maxLength: 255 },
    suspend: flag,
  },
  ['providerRef', 'eventSources'],
);

export const alertDefinition = definition(alerts, [], { spec }, [age], ['v1beta2', 'v1beta1']);
