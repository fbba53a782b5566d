const domain = 'internal.config.kubernetes.io';

/** Annotations in which a build keeps what it must remember of an object. JSON patches see them, so they are real. */
export const annotationKeys = {
  previousKinds: `${domain}/previousKinds`,
  previousNames: `${domain}/previousNames`,
  previousNamespaces: `${domain}/previousNamespaces`,
  prefixes: `${domain}/prefixes`,
  suffixes: `${domain}/suffixes`,
  allowNameChange: `${domain}/allowNameChange`,
  allowKindChange: `${domain}/allowKindChange`,
  behavior: `${domain}/generatorBehavior`,
  needsHash: `${domain}/needsHashSuffix`,
} as const;

/** On what a Helm chart was rendered to. */
export const helmGeneratedAnnotation = `${domain}/helm-generated`;

/** Annotations that are gone when a build is done. */
export const buildAnnotations: readonly string[] = [
  ...Object.values(annotationKeys),
  `${domain}/refBy`,
  `${domain}/path`,
  `${domain}/index`,
  `${domain}/seqindent`,
  `${domain}/id`,
  `${domain}/annotations-migration-resource-id`,
  'config.kubernetes.io/path',
  'config.kubernetes.io/index',
  'config.k8s.io/id',
  helmGeneratedAnnotation,
];

const legacyKeys = new Set(['config.kubernetes.io/path', 'config.kubernetes.io/index', 'config.k8s.io/id']);

/** Whether a JSON patch must not lose the annotation. */
export function isInternalAnnotation(key: string): boolean {
  return key.startsWith(`${domain}/`) || legacyKeys.has(key);
}

export const originAnnotation = 'config.kubernetes.io/origin';
export const transformationsAnnotation = 'alpha.config.kubernetes.io/transformations';
export const localConfigAnnotation = 'config.kubernetes.io/local-config';
