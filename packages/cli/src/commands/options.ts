/** What every command that reads the configuration takes. */
export interface ConfigOptions {
	readonly config?: string;
	readonly set: readonly string[];
}
