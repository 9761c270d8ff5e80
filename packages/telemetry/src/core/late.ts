import { type Cell, cellsOf, joined, type Sample } from './cell.ts';

/**
 * Cells with late points in them, where the points that the cells were made of are kept no longer. What lies between the
 * first and the last moment that a cell has counted is there already, as far as anybody can still tell: a series comes in
 * order, and what comes again must not count twice.
 */
export function withLate(
	cells: readonly Cell[],
	points: readonly Sample[],
	lengthMs: number,
	counter: boolean,
): Cell[] {
	const byStart = new Map(cells.map((cell) => [cell.atMs, cell]));
	const isNew = ({ at }: Sample): boolean => {
		const cell = byStart.get(at - (at % lengthMs));
		return cell === undefined || at < cell.firstAtMs || at > cell.lastAtMs;
	};
	const fresh = points.filter(isNew);
	// Those before a cell's first point and those after its last are two parts: each joins at its own end.
	const early = fresh.filter(
		({ at }) => at < (byStart.get(at - (at % lengthMs))?.firstAtMs ?? Number.POSITIVE_INFINITY),
	);
	for (const part of [early, fresh.filter((point) => !early.includes(point))]) {
		for (const cell of cellsOf(part, lengthMs, counter)) {
			const known = byStart.get(cell.atMs);
			byStart.set(cell.atMs, known === undefined ? cell : joined(known, cell, { ...cell, counter }));
		}
	}
	return [...byStart.values()].sort((a, b) => a.atMs - b.atMs);
}
