/** One measured figure. */
export interface Figure {
	readonly name: string;
	readonly value: number;
	readonly unit: string;
	/** What it must reach; absent where it is only there to compare with. */
	readonly goal?: { readonly op: '>=' | '<='; readonly value: number };
	/** How it was measured, or beside what. */
	readonly note?: string;
}

/** Whether a figure reaches its goal; undefined where it has none. */
export function holds({ value, goal }: Figure): boolean | undefined {
	if (goal === undefined) return undefined;
	return goal.op === '>=' ? value >= goal.value : value <= goal.value;
}

/** The p-th percentile (0 to 1) of a sample, by nearest rank. */
export function percentile(sample: readonly number[], p: number): number {
	const sorted = [...sample].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))] ?? Number.NaN;
}
