import type { GoFunction } from '@croft/gotemplate/functions';
import { goFunction } from '@croft/gotemplate/functions';
import { STRING } from '@croft/gotemplate/type';
import type { Value } from '@croft/gotemplate/value';
import { cryptoFunctions } from './crypto.ts';
import { dateFunctions } from './dates.ts';
import { defaultFunctions } from './defaults.ts';
import { dictFunctions } from './dicts.ts';
import { encodingFunctions } from './encoding.ts';
import { flowFunctions } from './flow.ts';
import type { FunctionGroup } from './group.ts';
import { hashFunctions } from './hashes.ts';
import { listFunctions } from './lists.ts';
import { mathFunctions } from './math.ts';
import { pathFunctions } from './paths.ts';
import { randomFunctions } from './random.ts';
import { reflectionFunctions } from './reflection.ts';
import { regexFunctions } from './regex.ts';
import { semverFunctions } from './semver.ts';
import { stringFunctions } from './strings.ts';
import { structuredFunctions, structuredFunctions4 } from './structured.ts';
import { urlFunctions } from './urls.ts';

/** Looks an object up in a cluster; an empty map when there is none. A list when the name is ''. */
export type Lookup = (apiVersion: string, kind: string, namespace: string, name: string) => Map<string, Value>;

export interface FunctionOptions {
  /** `required` and `fail` only inform. */
  lint?: boolean;
  /** Without it `lookup` finds nothing, as `helm template` does. */
  lookup?: Lookup;
  /** Takes what Helm writes to its log. */
  warn?: (text: string) => void;
  /** Behave as this major version of Helm; 3 when left out. */
  helmVersion?: 3 | 4;
  /** Milliseconds since 1970; the system's clock when left out. */
  now?: () => number;
}

const constant: FunctionGroup = {
  ...stringFunctions,
  ...listFunctions,
  ...dictFunctions,
  ...mathFunctions,
  ...defaultFunctions,
  ...reflectionFunctions,
  ...pathFunctions,
  ...encodingFunctions,
  ...structuredFunctions,
  ...regexFunctions,
  ...semverFunctions,
  ...urlFunctions,
  ...hashFunctions,
  ...cryptoFunctions,
  ...randomFunctions,
  getHostByName: goFunction([STRING], () => ''),
};

/** Every function of Sprig and Helm but `include` and `tpl`, which belong to a set of templates. */
export function createFunctions(options: FunctionOptions = {}): Map<string, GoFunction> {
  const { lint = false, lookup, warn = () => {}, now = Date.now } = options;
  const find: Lookup = lint || lookup === undefined ? () => new Map() : lookup;
  return new Map(
    Object.entries({
      ...constant,
      ...dateFunctions(now),
      ...flowFunctions(lint, warn),
      ...(options.helmVersion === 4 ? structuredFunctions4 : {}),
      lookup: goFunction([STRING, STRING, STRING, STRING], find),
    }),
  );
}
