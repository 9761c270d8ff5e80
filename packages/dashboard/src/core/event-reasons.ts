// Why the shedder did something, taken out of its sentence: its form is fixed, so that screens can say it in their language.

/** How a reason is known in the sentence of packages/shedding (explain.ts), or of the load-shedder's pauses. */
const SIGNS = {
	over_limit: / would draw /,
	meter_alert: /the meter says that /,
	longest_wait: / near its longest wait/,
	greater_need: / and comes before it, which misses /,
	own_place: / leaves no room for more/,
	headroom: /, lately .* give or take /,
	rotation: /it is its turn after /,
	rotation_failed: / did not last /,
	not_obeyed: / was not in force after /,
	not_drawing: /it freed /,
	silence: / says nothing/,
	paused: /decisions are paused/,
	wants_less: /it no longer wants to heat/,
	protected: /it is protected from shedding/,
	asked: /: it was asked for\.$/,
	carries: / is over: phase \d carries /,
	time_over: /its time has come/,
} as const;

/** A figure of the sentence as it stands there. */
export interface EventFigure {
	readonly value: number;
	readonly unit: 'VA' | 'min' | 's' | '°C';
}

/** The reason, the circuit it was for (an id) where there is one, and the figures in the order of the sentence. */
export interface EventReason {
	readonly reason: keyof typeof SIGNS;
	readonly who: string;
	readonly figures: readonly EventFigure[];
}

/** Undefined for a sentence of another form, such as a later version's. */
export function eventReason(text: string): EventReason | undefined {
	const found = Object.entries(SIGNS).find(([, sign]) => sign.test(text));
	if (found === undefined) return undefined;
	// What was done stands before the colon; why, after it.
	const because = text.slice(text.indexOf(': ') + 2);
	const figures = [...because.matchAll(/(-?[\d.]+)(?: of (-?[\d.]+))? (VA|min|s|°C)(?![a-z])/g)].flatMap(
		([, one, other, unit]) =>
			[one, other]
				.filter((value) => value !== undefined)
				.map((value) => ({ value: Number(value), unit: unit as EventFigure['unit'] })),
	);
	return { reason: found[0] as EventReason['reason'], who: because.split(' ', 1)[0] ?? '', figures };
}
