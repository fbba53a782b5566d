import { writeYaml } from '@croft/encoding/yaml/write';
import { errorMessage } from '@croft/foundation/errors';
import { readValue } from '../kustomization/decode.ts';
import { annotationOf, labelsOf, nameOf, type Resource } from '../resource/resource.ts';
import { nodeToValue, toFloats, type Value } from '../yaml/node-value.ts';
import { substituteVariables } from './substitute-variables.ts';

/** What Flux's `postBuild` says, with the variables of all its sources. */
export interface PostBuild {
  readonly variables: ReadonlyMap<string, string>;
  readonly strict?: boolean;
  /** Puts defaults in even where there are no variables. */
  readonly always?: boolean;
}

const switchKey = 'kustomize.toolkit.fluxcd.io/substitute';
const variableName = /^[_a-zA-Z][_a-zA-Z0-9]*$/;

/**
 * The value of an object with variables put in; `value` stands for what its node means. Objects that say
 * `kustomize.toolkit.fluxcd.io/substitute: disabled` stay as they are, as do all when there are no variables. Text that
 * has become a number is one. Throws as Flux does.
 */
export function applyPostBuild({ node }: Resource, postBuild: PostBuild, value?: Value): Value {
  const { variables, strict = false, always = false } = postBuild;
  try {
    const given = value ?? nodeToValue(node);
    const disabled = labelsOf(node).get(switchKey) === 'disabled' || annotationOf(node, switchKey) === 'disabled';
    if (disabled || (variables.size === 0 && !always)) return given;
    return substitute(writeYaml(given), variables, strict);
  } catch (error) {
    throw new Error(`post build failed for '${nameOf(node)}': ${errorMessage(error)}`);
  }
}

function substitute(yaml: string, variables: ReadonlyMap<string, string>, strict: boolean): Value {
  for (const name of variables.keys()) {
    if (variableName.test(name)) continue;
    const wanted = "must match '^[_[:alpha:]][_[:alpha:][:digit:]]*$'";
    throw new Error(`envsubst error: '${name}' var name is invalid, ${wanted}`);
  }
  const values = new Map([...variables].map(([name, value]) => [name, value.replaceAll('\n', '')]));
  const text = step('variable substitution failed', () => substituteVariables(yaml, values, { strict }));
  return step('YAMLToJSON', () => toFloats(readValue(text)));
}

function step<T>(problem: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new Error(`envsubst error: ${problem}: ${errorMessage(error)}`);
  }
}
