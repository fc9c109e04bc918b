export type { Labels } from './label-limit.js';
export { createCounter, createGauge, createHistogram, metricsRegistry, startProcessMetrics } from './metrics.js';
export type { TollgateCounter, TollgateGauge, TollgateHistogram } from './metrics.js';
export { ObservabilityModule } from './observability.module.js';
