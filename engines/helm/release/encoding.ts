import { gunzipSync, gzipSync } from 'node:zlib';
import type { ReleaseHook, ReleaseInfo, ReleaseRecord } from './record.ts';

/**
 * The text under a release Secret's key `release`: base64 of the gzipped JSON. As a version of Helm writes it, of which 3 knows
 * nothing of apply methods; left out, as both read it with all that is in the record.
 */
export function encodeRelease(record: ReleaseRecord, helmVersion?: 3 | 4): string {
  const { apply_method, ...older } = record;
  const json = JSON.stringify(releaseJson(helmVersion === 3 ? older : record, helmVersion));
  return gzipSync(json, { level: 9 }).toString('base64');
}

/** The record with the keys of Helm's JSON in their order; Helm leaves out what is empty, and Helm 4 times that are not set. */
export function releaseJson(record: Omit<ReleaseRecord, 'chart'> & Partial<ReleaseRecord>, helmVersion: 3 | 4 = 3) {
  const { name, info, chart, config, manifest, hooks, version, namespace, apply_method } = record;
  const isEmpty = Object.keys(config).length === 0;
  return {
    name,
    info: helmVersion === 4 ? withoutZeroTimes(info) : info,
    ...(chart === undefined ? {} : { chart }),
    ...(isEmpty ? {} : { config }),
    ...(manifest === '' ? {} : { manifest }),
    ...(hooks.length === 0 ? {} : { hooks: helmVersion === 4 ? hooks.map(withoutZeroRun) : hooks }),
    version,
    namespace,
    ...(apply_method === undefined ? {} : { apply_method }),
  };
}

function withoutZeroTimes(info: ReleaseInfo): Partial<ReleaseInfo> {
  return Object.fromEntries(Object.entries(info).filter(([, value]) => value !== ''));
}

function withoutZeroRun(hook: ReleaseHook) {
  const { phase, ...times } = hook.last_run;
  const set = Object.fromEntries(Object.entries(times).filter(([, time]) => time !== ''));
  return { ...hook, last_run: { ...set, phase } };
}

const gzipMagic = Buffer.from([0x1f, 0x8b, 0x08]);

/** Reads what encodeRelease, or Helm, wrote; records from before compression too. Throws Error when it is neither. */
export function decodeRelease(text: string): ReleaseRecord {
  const bytes = Buffer.from(text, 'base64');
  const json = bytes.subarray(0, 3).equals(gzipMagic) ? gunzipSync(bytes) : bytes;
  const record = JSON.parse(json.toString('utf8')) as ReleaseRecord;
  const { first_deployed = '', last_deployed = '', deleted = '', ...info } = record.info;
  return {
    ...record,
    info: { first_deployed, last_deployed, deleted, ...info },
    config: record.config ?? {},
    manifest: record.manifest ?? '',
    hooks: (record.hooks ?? []).map(withRun),
  };
}

function withRun(hook: ReleaseHook): ReleaseHook {
  const { started_at = '', completed_at = '', phase = '' } = hook.last_run ?? {};
  return { ...hook, last_run: { started_at, completed_at, phase } };
}
