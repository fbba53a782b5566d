import { dependencyCommand } from './run-dependencies.ts';

export const command = dependencyCommand('update', 'update charts/ based on the contents of Chart.yaml', 'always');
