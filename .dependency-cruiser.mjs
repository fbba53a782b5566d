// The layers of docs/architecture.md: a package imports only from lower layers; siblings only where named here.
const siblings = {
  'words/api': [],
  'words/foundation': [],
  'engines/gotemplate': [],
  'engines/schema': [],
  'engines/patch': ['schema'],
  'engines/helm': ['gotemplate'],
  'engines/kustomize': ['patch'],
  'engines/store': [],
  'frames/apiserver': [],
  'frames/client': [],
  'frames/controller': ['client'],
  'frames/release': ['client'],
  'features/workloads': [],
  'features/node': [],
  'features/network': [],
  'features/gitops': [],
  'features/apps': [],
  'programs/platform': [],
  'programs/cli': ['platform'],
};
const layers = ['words', 'engines', 'frames', 'features', 'programs'];

const siblingRules = Object.entries(siblings).map(([home, named]) => {
  const [layer, name] = home.split('/');
  return {
    name: `siblings-of-${name}`,
    severity: 'error',
    from: { path: `^${home}/` },
    to: { path: `^${layer}/`, pathNot: [name, ...named].map((sibling) => `^${layer}/${sibling}/`) },
  };
});
const layerRules = layers.slice(0, -1).map((layer, level) => ({
  name: `${layer}-import-downwards-only`,
  severity: 'error',
  from: { path: `^${layer}/` },
  to: { path: layers.slice(level + 1).map((upper) => `^${upper}/`) },
}));

export default {
  forbidden: [
    ...layerRules,
    ...siblingRules,
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-tests-in-code',
      severity: 'error',
      from: { pathNot: '(\\.test\\.ts$|^test/|^bench/)' },
      to: { path: '(\\.test\\.ts$|^test/|^bench/)' },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'generated/' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
};
