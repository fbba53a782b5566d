import type { InformerScope } from '@croft/client/informer';

/** Secrets without those that hold Helm's releases, which are many and large, and which nobody reads values or keys from. */
export const ordinarySecrets: InformerScope = { labelSelector: 'owner!=helm' };
