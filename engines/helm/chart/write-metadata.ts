import { writeYaml } from '@croft/encoding/yaml/write';
import { metadataObject } from '../render/objects.ts';
import type { ChartMetadata } from './chart.ts';

/** Chart.yaml as Helm writes it: keys sorted, empty ones left out. */
export function renderMetadata(metadata: ChartMetadata): string {
  return writeYaml(metadataObject(metadata));
}
