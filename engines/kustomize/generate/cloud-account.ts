import type { StructShape } from '../kustomization/shape.ts';
import { makeResource, type Resource } from '../resource/resource.ts';
import { readNode } from '../yaml/read-documents.ts';

export interface CloudAccountArgs {
  readonly cloud?: string;
  readonly kubernetesService?: { readonly name?: string; readonly namespace?: string };
  readonly serviceAccount?: { readonly name?: string; readonly projectId?: string };
}

const text = { is: 'text' } as const;

export const cloudAccountShape: StructShape = {
  is: 'struct',
  name: 'IAMPolicyGeneratorPlugin',
  fields: {
    cloud: { is: 'text', goType: 'types.Cloud' },
    kubernetesService: { is: 'struct', name: 'KubernetesService', fields: { name: text, namespace: text } },
    serviceAccount: { is: 'struct', name: 'ServiceAccount', fields: { name: text, projectId: text } },
  },
  embedded: {
    cloud: 'IAMPolicyGeneratorArgs',
    kubernetesService: 'IAMPolicyGeneratorArgs',
    serviceAccount: 'IAMPolicyGeneratorArgs',
  },
};

/** The ServiceAccount that acts as an account of Google's cloud: what kustomize's IAMPolicyGenerator makes. */
export function generateCloudAccount({ cloud = '', kubernetesService, serviceAccount }: CloudAccountArgs): Resource {
  if (cloud !== 'gke') throw new Error(`cloud provider ${cloud} not supported yet`);
  const account = `${serviceAccount?.name ?? ''}@${serviceAccount?.projectId ?? ''}.iam.gserviceaccount.com`;
  const { name = '', namespace = '' } = kubernetesService ?? {};
  const lines = [
    'apiVersion: v1',
    'kind: ServiceAccount',
    'metadata:',
    '  annotations:',
    `    iam.gke.io/gcp-service-account: ${account}`,
    `  name: ${name}`,
    ...(namespace === '' ? [] : [`  namespace: ${namespace}`]),
  ];
  const node = readNode(lines.join('\n'));
  if (node === undefined) throw new Error('EOF');
  return makeResource(node);
}
