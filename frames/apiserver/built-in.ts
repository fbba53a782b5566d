import { apiVersionOf } from '@croft/api/kind';
import { builtInResources } from '@croft/api/resources';
import { definitionRules } from './custom/definition-rules.ts';
import { findKindRules } from './kinds/rules.ts';
import { type ServedResource, serveResource } from './served-resource.ts';

const deprecations: Record<string, { deprecation: string }> = {
  'v1 ComponentStatus': { deprecation: 'v1 ComponentStatus is deprecated in v1.19+' },
  'v1 Endpoints': {
    deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  },
};

/** All resources that need no CustomResourceDefinition. */
export function serveBuiltIn(): ServedResource[] {
  return builtInResources.flatMap((resource) => {
    const found = findKindRules(resource.group, resource.version, resource.plural);
    if (found === undefined) return [];
    const rules = resource.kind === 'CustomResourceDefinition' ? definitionRules(found) : found;
    const { fromStored, toStored } = rules;
    return [
      serveResource(resource, rules, {
        ...(deprecations[`${apiVersionOf(resource)} ${resource.kind}`] ?? {}),
        ...(fromStored === undefined ? {} : { convert: (object) => fromStored(object) }),
        ...(toStored === undefined ? {} : { toStored: (object) => toStored(object) }),
      }),
    ];
  });
}
