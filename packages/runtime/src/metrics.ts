/** A value of a metric, told apart from its others by labels. */
export interface Sample {
	readonly labels: Readonly<Record<string, string>>;
	readonly value: number;
}

/** One figure for Prometheus. It costs nothing until somebody asks: then it is read. */
export interface Metric {
	/** By Prometheus' rules: `pilotwire_broker_bytes_total`, with its unit, base units only. */
	readonly name: string;
	readonly help: string;
	/** `counter`: since the start, only ever up. */
	readonly type: 'counter' | 'gauge';
	/** Its value now. Where a metric has labels, each of its samples has the same ones. */
	readonly read: () => number | readonly Sample[];
}

/** What the services of a process measure. */
export class Metrics {
	readonly #metrics = new Map<string, Metric>();

	/** Adds metrics; those of the same names are replaced. The result takes them out again. */
	add(metrics: readonly Metric[]): () => void {
		for (const metric of metrics) this.#metrics.set(metric.name, metric);
		return () => {
			for (const metric of metrics) {
				if (this.#metrics.get(metric.name) === metric) this.#metrics.delete(metric.name);
			}
		};
	}

	all(): readonly Metric[] {
		return [...this.#metrics.values()];
	}
}
