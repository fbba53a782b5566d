import { configMaps, secrets } from '@croft/api/kinds';
import { formatKey, keyOf, type ObjectKey } from '@croft/api/object';
import type { ControllerContext } from '@croft/controller/controller';
import { errorMessage } from '@croft/foundation/errors';
import { ordinarySecrets } from '../ordinary-secrets.ts';
import { onSourceChange, refersTo } from '../source.ts';
import { chartLinkOf } from './chart-object.ts';
import type { HelmReleaseSpec } from './types.ts';

export interface SupersededOptions {
  key: ObjectKey;
  spec: HelmReleaseSpec;
  /** What chart and values are worked with, by their digest. */
  digest: string;
  /** The digest as it would be now. */
  readDigest(): Promise<string>;
  /** Aborts the signal, too. */
  signal: AbortSignal;
}

/**
 * A signal that aborts when chart or values have become others than those that are being installed, so that a wait for
 * the old ones ends. A push that touches neither does nothing.
 */
export function watchSuperseded(
  context: ControllerContext,
  options: SupersededOptions,
): Disposable & { signal: AbortSignal } {
  const { key, spec, digest, signal } = options;
  const superseded = new AbortController();
  let settled = false;

  async function look(): Promise<void> {
    try {
      if ((await options.readDigest()) !== digest)
        superseded.abort(new Error('there is a newer chart, or other values'));
    } catch (error) {
      context.log.debug('newer chart or values cannot be read yet', {
        release: formatKey(key),
        error: errorMessage(error),
      });
    }
  }
  const lookWhen = (isMeant: boolean) => {
    if (isMeant && settled && !superseded.signal.aborted) void look();
  };
  const readsFrom = (kind: string, object: ObjectKey) =>
    object.namespace === key.namespace &&
    (spec.valuesFrom?.some((reference) => reference.kind === kind && reference.name === object.name) ?? false);
  const { informers } = context;
  const chart = chartLinkOf(spec, key);
  const subscriptions = [
    onSourceChange((source) => (refersTo(chart, key, source) ? [key] : []), chart && [chart.kind]).subscribe(
      informers,
      () => lookWhen(true),
    ),
    informers.of(secrets, ordinarySecrets).onChange(({ object }) => lookWhen(readsFrom('Secret', keyOf(object)))),
    informers.of(configMaps).onChange(({ object }) => lookWhen(readsFrom('ConfigMap', keyOf(object)))),
  ];
  settled = true; // what was told until here is what is there
  return {
    signal: AbortSignal.any([signal, superseded.signal]),
    [Symbol.dispose]: () => {
      for (const subscription of subscriptions) subscription[Symbol.dispose]();
    },
  };
}
