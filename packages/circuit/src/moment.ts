/** Both clocks at one moment, ms. */
export interface Moment {
	readonly monotonicMs: number;
	readonly wallMs: number;
}
