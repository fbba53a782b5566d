import type { Chart } from '@croft/helm/chart/chart';
import { loadChartFiles } from '@croft/helm/chart/load-files';
import { writeChartArchive } from '@croft/helm/chart/write-archive';

/** A small chart, and the archive that `helm package` makes of it. */
export function makeChartPackage(name: string, version: string, extra = ''): { chart: Chart; archive: Uint8Array } {
  const file = (path: string, text: string) => ({ name: path, data: Buffer.from(text) });
  const chart = loadChartFiles([
    file('Chart.yaml', `apiVersion: v2\nname: ${name}\nversion: ${version}\ndescription: Test of ${name}\n${extra}`),
    file('values.yaml', 'replicas: 1\n'),
    file('templates/map.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\n'),
  ]);
  return { chart, archive: writeChartArchive(chart, 0) };
}
