import { decodeJsonMap } from '@croft/encoding/json/decode';
import { encodeJson } from '@croft/encoding/json/encode';
import { isJsonObject, type JsonObject } from '@croft/foundation/json';
import type { Chart } from '@croft/helm/chart/chart';
import type { ReleaseRecord } from '@croft/helm/release/record';
import { chartOfRecord } from '@croft/helm/release/record-chart';
import { coalesceInto, coalesceValues } from '@croft/helm/values/coalesce';
import { copyValues, isTable, type Values } from '@croft/helm/values/copy';

/**
 * What an upgrade does with the values of the release before: nothing; take them when it is given none of its own; put them,
 * or them and the defaults of the old chart, below its own.
 */
export type ReuseValues = 'none' | 'unless-given' | 'below-given' | 'with-old-defaults';

/** The values and the chart of an upgrade, by what it reuses. */
export function reuseValues(
  reuse: ReuseValues,
  chart: Chart,
  given: Values,
  current: ReleaseRecord,
  helmVersion: 3 | 4,
): { chart: Chart; values: Values } {
  const warn = () => {};
  const before = valuesOf(current.config);
  switch (reuse) {
    case 'none':
      return { chart, values: given };
    case 'unless-given':
      return { chart, values: given.size === 0 && before.size > 0 ? before : given };
    case 'below-given':
      return { chart, values: coalesceInto(copyValues(given), before, warn, helmVersion) };
    case 'with-old-defaults': {
      const defaults = computeValues(current, helmVersion);
      return {
        chart: { ...chart, values: defaults },
        values: coalesceInto(copyValues(given), before, warn, helmVersion),
      };
    }
  }
}

/** The values that the templates of a release saw: what the user gave over the chart's own. */
export function computeValues({ chart, config }: ReleaseRecord, helmVersion: 3 | 4): Values {
  return coalesceValues(chartOfRecord(chart), valuesOf(config), () => {}, helmVersion);
}

/**
 * The config of the release before once Helm 4 has reused it: what the new values delete is null in it, too, and so it is stored
 * again.
 */
export function markDeleted(given: Values, config: JsonObject): JsonObject {
  const marked: JsonObject = { ...config };
  for (const [key, value] of given) {
    const before = config[key];
    if (value === null) marked[key] = null;
    else if (isTable(value) && isJsonObject(before)) marked[key] = markDeleted(value, before);
  }
  return marked;
}

export function valuesOf(config: JsonObject): Values {
  return decodeJsonMap(JSON.stringify(config));
}

/** Values as a record keeps them. */
export function configOf(values: Values): JsonObject {
  return JSON.parse(encodeJson(values)) as JsonObject;
}
