/** How the shedder decides. Times are in seconds, shares are of a phase's limit. */
export interface SheddingSettings {
	/** How long a shed or an admission may take to show on the meter. */
	readonly responseS: number;
	/** A shed brings the predicted load down to this share of the limit. A load at the limit itself is not over. */
	readonly shedTo: number;
	/** A restore or an admission must leave the load below this share of the limit. */
	readonly restoreBelow: number;
	/** A circuit must fit with its power times this. */
	readonly powerMargin: number;
	/** The coarsest step of the meter's figures, VA: a rotation frees that much more, or a rounding would make it fail. */
	readonly meterStepVA: number;
	/** Headroom counts by the highest load in this window. */
	readonly restoreStableS: number;
	/** The window doubles up to this where restored circuits had to go again at once. */
	readonly maxRestoreStableS: number;
	/** Circuits that fit the same headroom come one after the other, at least this apart. */
	readonly stepS: number;
	/** A circuit shed again within this after it came back had to go again at once, and waits longer next time. */
	readonly quickS: number;
	/** The longest that a circuit's own patience grows. */
	readonly maxPatienceS: number;
	/** Whether a circuit draws is judged over this, since thermostats chop. */
	readonly judgeS: number;
	/** An admission that its actuator has not carried out after this is withdrawn. */
	readonly obeyS: number;
	/** How long a circuit may heat before a rotation can take its place. */
	readonly turnS: number;
	/** A load older than this is silence. */
	readonly loadAgeS: number;
	/** Minimum time on, minimum time off and longest wait of circuits that don't say their own. */
	readonly minOnS: number;
	readonly minOffS: number;
	readonly maxWaitS: number;
}

export const defaultSettings: SheddingSettings = {
	responseS: 10,
	shedTo: 1,
	restoreBelow: 0.95,
	powerMargin: 1.05,
	meterStepVA: 230,
	restoreStableS: 30,
	maxRestoreStableS: 480,
	stepS: 3,
	quickS: 120,
	maxPatienceS: 900,
	judgeS: 120,
	obeyS: 30,
	turnS: 300,
	loadAgeS: 20,
	minOnS: 60,
	minOffS: 30,
	maxWaitS: 1800,
};
