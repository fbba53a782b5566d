import { defineJsonConversion } from '@croft/encoding/json/shape';
import { goFunction, goMethod } from '@croft/gotemplate/functions';
import { STRING, UINT64 } from '@croft/gotemplate/type';
import { GoNumber, GoPointer, GoStruct, pointerType, structType, type Value } from '@croft/gotemplate/value';
import { parseConstraint, satisfies } from '../semver/constraint.ts';
import { compareVersions, formatVersion, parseVersion, type Version } from '../semver/version.ts';
import type { FunctionGroup } from './group.ts';

function versionOf(value: Value): Version {
  const struct = value instanceof GoPointer ? value.target : value;
  if (struct instanceof GoStruct) return struct.native as Version;
  throw new Error('runtime error: invalid memory address or nil pointer dereference');
}

const text = (give: (version: Version) => string) => goMethod<Value>([], (value) => give(versionOf(value)));
const number = (give: (version: Version) => bigint) =>
  goMethod<Value>([], (value) => new GoNumber(UINT64, give(versionOf(value))));
const next = (change: (version: Version) => Partial<Version>) =>
  goMethod<Value>([], (value) => {
    const version = versionOf(value);
    const raised = { ...version, ...change(version), prerelease: '', metadata: '' };
    return structOf({ ...raised, original: (version.original.startsWith('v') ? 'v' : '') + formatVersion(raised) });
  });

const VERSION = structType(
  'semver.Version',
  [
    { name: 'major', type: UINT64 },
    { name: 'minor', type: UINT64 },
    { name: 'patch', type: UINT64 },
    { name: 'pre', type: STRING },
    { name: 'metadata', type: STRING },
    { name: 'original', type: STRING },
  ],
  {
    String: text(formatVersion),
    Major: number((version) => version.major),
    Minor: number((version) => version.minor),
    Patch: number((version) => version.patch),
    Prerelease: text((version) => version.prerelease),
    Metadata: text((version) => version.metadata),
    IncMajor: next((version) => ({ major: version.major + 1n, minor: 0n, patch: 0n })),
    IncMinor: next((version) => ({ minor: version.minor + 1n, patch: 0n })),
    IncPatch: next((version) => (version.prerelease === '' ? { patch: version.patch + 1n } : {})),
    SetPrerelease: goMethod<Value, readonly [typeof STRING]>([STRING], (value, prerelease) => {
      if (prerelease !== '') parseVersion(`0.0.0-${prerelease}`);
      return changed(versionOf(value), { prerelease });
    }),
    SetMetadata: goMethod<Value, readonly [typeof STRING]>([STRING], (value, metadata) => {
      if (metadata !== '') parseVersion(`0.0.0+${metadata}`);
      return changed(versionOf(value), { metadata });
    }),
  },
);
defineJsonConversion(VERSION, (value) => formatVersion(versionOf(value)));

const plainPointer = { name: '*semver.Version', kind: 'ptr' as const, elem: VERSION };
const compare = (fits: (order: number) => Value) =>
  goMethod<Value, readonly [typeof plainPointer]>([plainPointer], (value, other) =>
    fits(compareVersions(versionOf(value), versionOf(other))),
  );

const VERSION_POINTER = pointerType(VERSION, {
  Original: text((version) => version.original),
  Compare: compare((order) => BigInt(Math.sign(order))),
  LessThan: compare((order) => order < 0),
  LessThanEqual: compare((order) => order <= 0),
  GreaterThan: compare((order) => order > 0),
  GreaterThanEqual: compare((order) => order >= 0),
  Equal: compare((order) => order === 0),
});

function structOf(version: Version): GoStruct {
  const fields = new Map<string, Value>([
    ['major', new GoNumber(UINT64, version.major)],
    ['minor', new GoNumber(UINT64, version.minor)],
    ['patch', new GoNumber(UINT64, version.patch)],
    ['pre', version.prerelease],
    ['metadata', version.metadata],
    ['original', version.original],
  ]);
  return new GoStruct(VERSION, fields, version);
}

function changed(version: Version, change: Partial<Version>): GoStruct {
  const copy = { ...version, ...change };
  return structOf({ ...copy, original: (version.original.startsWith('v') ? 'v' : '') + formatVersion(copy) });
}

export const semverFunctions: FunctionGroup = {
  semver: goFunction([STRING], (version) => new GoPointer(VERSION_POINTER, structOf(parseVersion(version)))),
  semverCompare: goFunction([STRING, STRING], (constraint, version) =>
    satisfies(parseConstraint(constraint), parseVersion(version)),
  ),
};
