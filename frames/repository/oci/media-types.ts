/** Media types of Helm's charts in registries. */
export const CHART_CONFIG = 'application/vnd.cncf.helm.config.v1+json';
export const CHART_LAYER = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';
export const PROVENANCE_LAYER = 'application/vnd.cncf.helm.chart.provenance.v1.prov';
/** What charts were before Helm 3.7. */
export const OLD_CHART_LAYER = 'application/tar+gzip';
