export type Labels<L extends string> = Readonly<Record<L, string>>;

const other = 'other';

/** Keeps a metric from growing with what callers send: after `maxSeries` combinations, new ones all become `other`. */
export class LabelLimit<L extends string> {
  private readonly seen = new Set<string>();

  constructor(private readonly maxSeries: number) {}

  apply(labels: Labels<L>): Record<L, string> {
    const key = JSON.stringify(Object.values(labels));
    if (this.seen.has(key)) return labels;
    if (this.seen.size < this.maxSeries) {
      this.seen.add(key);
      return labels;
    }
    return Object.fromEntries(Object.keys(labels).map((name) => [name, other])) as Record<L, string>;
  }
}
