import { encodeGroup, TicDecoder, type TicMode } from '@pilotwire/teleinfo';
import { type LoadSettings, LoadTracker, type PhaseLoad } from '../src/load/load-tracker.ts';
import { frame } from './support.ts';

/** A tracker behind a real decoder, with what it published. */
export function trackLoad(mode: TicMode, settings: Partial<LoadSettings> = {}) {
	const tracker = new LoadTracker({ nominalV: 230, ...settings });
	const published: (readonly PhaseLoad[] | undefined)[] = [];
	const refused: string[] = [];
	let nowMs = 0;
	const decoder = new TicDecoder({
		onEvent: (event) => {
			const { publish, implausible } = tracker.take(event, nowMs);
			if (publish) published.push(tracker.snapshot(nowMs, 10_000));
			refused.push(...implausible.map(({ label }) => label));
		},
	});
	const send = (text: string): void => {
		decoder.push(frame(mode, text));
		nowMs += 1_500;
	};
	const group = (label: string, data: string): void => decoder.push(encodeGroup(mode, label, data));
	const last = () => published.at(-1);
	const figures = () => last()?.map(({ apparentPowerVA }) => apparentPowerVA);
	const over = () =>
		last()
			?.filter((phase) => phase.over)
			.map(({ phase }) => phase);
	return { tracker, published, refused, send, group, bytes: (b: Uint8Array) => decoder.push(b), last, figures, over };
}
