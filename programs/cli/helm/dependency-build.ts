import { dependencyCommand } from './run-dependencies.ts';

export const command = dependencyCommand(
  'build',
  'rebuild the charts/ directory based on the Chart.lock file',
  'ifPossible',
);
