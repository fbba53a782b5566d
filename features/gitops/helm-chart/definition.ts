import { sourceDefinition, sourceSpec, sourceStatus } from '../artifact/source-schema.ts';
import { flag, list, object, oneOf, text, verification } from '../schema-words.ts';
import { helmCharts } from './types.ts';

export const helmChartDefinition = sourceDefinition(helmCharts, ['hc'], {
  spec: object(
    {
      interval: sourceSpec.interval ?? text,
      suspend: flag,
      chart: text,
      version: { ...text, default: '*' },
      sourceRef: object({ apiVersion: text, kind: oneOf('HelmRepository', 'GitRepository', 'Bucket'), name: text }, [
        'kind',
        'name',
      ]),
      reconcileStrategy: { ...oneOf('ChartVersion', 'Revision'), default: 'ChartVersion' },
      valuesFiles: list(text),
      ignoreMissingValuesFiles: flag,
      verify: verification,
    },
    ['chart', 'interval', 'sourceRef'],
  ),
  status: object({
    ...sourceStatus,
    observedSourceArtifactRevision: text,
    observedChartName: text,
    observedValuesFiles: list(text),
  }),
  columns: [
    { name: 'Chart', type: 'string', jsonPath: '.spec.chart' },
    { name: 'Version', type: 'string', jsonPath: '.spec.version' },
    { name: 'Source Kind', type: 'string', jsonPath: '.spec.sourceRef.kind' },
    { name: 'Source Name', type: 'string', jsonPath: '.spec.sourceRef.name' },
  ],
});
