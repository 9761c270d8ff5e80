// Moving and scaling a chart by hand. One finger sideways moves it, up and down stays the page's; two fingers scale it; a
// mouse drags it. The wheel stays the page's too, unless it turns sideways (moves) or Ctrl is held (scales), as a pinch on a
// touchpad does.

/** What gestures do. Shares: of the chart's width. */
export interface Moves {
	readonly pan: (share: number) => void;
	readonly zoom: (factor: number, aroundShare: number) => void;
}

/** Wheel steps that double the range, px. */
const WHEEL_DOUBLES_PX = 250;

/** Listens on an element, whose style must have `touch-action: pan-y`; the result stops that. */
export function listenToGestures(element: HTMLElement, moves: Moves): () => void {
	const pointers = new Map<number, { x: number; y: number }>();
	const width = (): number => Math.max(1, element.clientWidth);
	const shareOf = (x: number): number => (x - element.getBoundingClientRect().left) / width();

	const down = (event: PointerEvent): void => {
		if (event.pointerType === 'mouse' && event.button !== 0) return;
		pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
		element.setPointerCapture(event.pointerId);
	};
	const move = (event: PointerEvent): void => {
		const last = pointers.get(event.pointerId);
		if (last === undefined) return;
		const next = { x: event.clientX, y: event.clientY };
		const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
		pointers.set(event.pointerId, next);
		if (other === undefined) {
			if (next.x !== last.x) moves.pan((last.x - next.x) / width());
			return;
		}
		const apart = (one: { x: number; y: number }): number => Math.max(24, Math.hypot(one.x - other.x, one.y - other.y));
		const middle = (one: { x: number }): number => (one.x + other.x) / 2;
		moves.zoom(apart(last) / apart(next), shareOf(middle(next)));
		moves.pan((middle(last) - middle(next)) / width());
	};
	const up = (event: PointerEvent): void => {
		pointers.delete(event.pointerId);
	};
	const wheel = (event: WheelEvent): void => {
		if (event.ctrlKey) moves.zoom(2 ** (event.deltaY / WHEEL_DOUBLES_PX), shareOf(event.clientX));
		else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) moves.pan(event.deltaX / width());
		else return;
		event.preventDefault();
	};
	const double = (event: MouseEvent): void => moves.zoom(0.5, shareOf(event.clientX));
	const listening = new AbortController();
	const { signal } = listening;
	element.addEventListener('pointerdown', down, { signal });
	element.addEventListener('pointermove', move, { signal });
	element.addEventListener('pointerup', up, { signal });
	element.addEventListener('pointercancel', up, { signal });
	element.addEventListener('wheel', wheel, { passive: false, signal });
	element.addEventListener('dblclick', double, { signal });
	return () => listening.abort();
}
