// When the page draws what has changed.
import { options } from 'preact';

/** What somebody does: whoever handles it must know what was done before. */
const deeds = ['input', 'change', 'click', 'submit', 'keydown', 'pointerdown'] as const;

let pending: (() => void) | undefined;

function draw(): void {
	const render = pending;
	pending = undefined;
	render?.();
}

/**
 * Many messages may come between two frames: what they change is drawn once, with the next. What somebody does waits for
 * no frame, which may be late on a slow device: it is handled by what is drawn of all that came before. Otherwise the
 * second of two fields that are filled in at once would forget the first.
 */
export function drawByFrames(): void {
	options.debounceRendering = (render) => {
		pending = render;
		requestAnimationFrame(draw);
	};
	for (const deed of deeds) document.addEventListener(deed, draw, { capture: true });
}
