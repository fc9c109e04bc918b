import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { LabelLimit, type Labels } from './label-limit.js';

/** Every metric of this process. */
export const metricsRegistry = new Registry();

let processMetricsStarted = false;

/** CPU, memory, event loop, garbage collection, handles. Once a process. */
export function startProcessMetrics(): void {
  if (processMetricsStarted) return;
  processMetricsStarted = true;
  collectDefaultMetrics({ register: metricsRegistry, prefix: 'tollgate_' });
}

/** Most series of one metric; further label values are counted together as `other`. */
const defaultMaxSeries = 500;

export interface TollgateCounter<L extends string> {
  inc(labels: Labels<L>, by?: number): void;
}
export interface TollgateGauge<L extends string> {
  set(labels: Labels<L>, value: number): void;
}
export interface TollgateHistogram<L extends string> {
  /** @param value in the unit that the name ends with */
  observe(labels: Labels<L>, value: number): void;
}

/** @param name ends with `_total`; asking for a name again gives the same metric */
export function createCounter<L extends string = never>(
  name: string,
  help: string,
  labelNames: readonly L[] = [],
  maxSeries = defaultMaxSeries,
): TollgateCounter<L> {
  const counter =
    known<Counter<L>>(name) ??
    new Counter<L>({ name, help, labelNames: [...labelNames], registers: [metricsRegistry] });
  const limit = new LabelLimit<L>(maxSeries);
  return { inc: (labels, by = 1) => counter.inc(limit.apply(labels), by) };
}

/** @param collect called when the metrics are read; a later caller of the same name replaces it */
export function createGauge<L extends string = never>(
  name: string,
  help: string,
  labelNames: readonly L[] = [],
  collect?: (gauge: TollgateGauge<L>) => void | Promise<void>,
  maxSeries = defaultMaxSeries,
): TollgateGauge<L> {
  if (collect) metricsRegistry.removeSingleMetric(name);
  const limit = new LabelLimit<L>(maxSeries);
  let own: TollgateGauge<L> | null = null;
  const gauge =
    known<Gauge<L>>(name) ??
    new Gauge<L>({
      name,
      help,
      labelNames: [...labelNames],
      registers: [metricsRegistry],
      ...(collect ? { collect: async () => (own ? collect(own) : undefined) } : {}),
    });
  own = { set: (labels, value) => gauge.set(limit.apply(labels), value) };
  return own;
}

const secondsBuckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** @param buckets upper bounds; by default for seconds */
export function createHistogram<L extends string = never>(
  name: string,
  help: string,
  labelNames: readonly L[] = [],
  buckets: readonly number[] = secondsBuckets,
  maxSeries = defaultMaxSeries,
): TollgateHistogram<L> {
  const histogram =
    known<Histogram<L>>(name) ??
    new Histogram<L>({ name, help, labelNames: [...labelNames], buckets: [...buckets], registers: [metricsRegistry] });
  const limit = new LabelLimit<L>(maxSeries);
  return { observe: (labels, value) => histogram.observe(limit.apply(labels), value) };
}

function known<M>(name: string): M | undefined {
  return metricsRegistry.getSingleMetric(name) as M | undefined;
}
