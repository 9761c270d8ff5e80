/** How the shedder decides. Times are in seconds, shares are of a phase's limit. */
export interface SheddingSettings {
	/**
	 * `strict` is back under the limit within two frames and the radiators' response; `tolerant` lets a peak pass while the
	 * breaker's own model can't open.
	 */
	readonly mode: 'strict' | 'tolerant';
	/**
	 * `strict`: the longest that a small excess may last before circuits wait: two frames of the meter. What the first one says
	 * is decided at once, and carried out unless one of the next two takes it back.
	 */
	readonly briefS: number;
	/** Rating of the branch breaker of each phase, A; null where there is none. */
	readonly branchBreakerA: number | null;
	/** A true breaker may count this share more than is drawn. */
	readonly breakerTolerance: number;
	/** What is passed must leave this share of the way to the opening, after a surge that nobody could stop sooner. */
	readonly tripMargin: number;
	/** The surge counted with: as much more as this share of the limit, at any moment. */
	readonly surgeShare: number;
	/** The longest that a load is under way from the meter. */
	readonly meterS: number;
	/** After a gap nothing passes for this long: by then the breaker's filter has forgotten what came before. */
	readonly strictAfterGapS: number;
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
	/** A phase must have been heard this long before anything comes back. */
	readonly restoreStableS: number;
	/** What a phase usually draws is its mean and deviation over this time: more than a thermostat's period. */
	readonly usageS: number;
	/** Deviations above the mean that a restore must leave free; more where restored circuits had to go again at once. */
	readonly caution: number;
	readonly maxCaution: number;
	/** The period with which thermostats chop: that of most electronic radiators, whole seconds. */
	readonly chopS: number;
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
	/** Whether a rotation is due is asked this often. */
	readonly rotateEveryS: number;
	/** A load older than this is silence. */
	readonly loadAgeS: number;
	/** Minimum time on, minimum time off and longest wait of circuits that don't say their own. */
	readonly minOnS: number;
	readonly minOffS: number;
	readonly maxWaitS: number;
}

export const defaultSettings: SheddingSettings = {
	mode: 'strict',
	briefS: 3,
	branchBreakerA: null,
	breakerTolerance: 0.05,
	tripMargin: 0.05,
	surgeShare: 0.7,
	meterS: 5,
	strictAfterGapS: 600,
	responseS: 10,
	shedTo: 1,
	restoreBelow: 0.99,
	powerMargin: 1.02,
	meterStepVA: 100,
	restoreStableS: 30,
	usageS: 60,
	caution: 1.5,
	maxCaution: 2,
	chopS: 40,
	stepS: 3,
	quickS: 300,
	maxPatienceS: 600,
	judgeS: 120,
	obeyS: 30,
	turnS: 600,
	rotateEveryS: 5,
	loadAgeS: 10,
	minOnS: 60,
	minOffS: 120,
	maxWaitS: 1800,
};
