/** What every command that reads the configuration takes. */
export interface ConfigOptions {
	readonly config?: string;
	/** Single settings over the file: `path=value`. */
	readonly set?: readonly string[];
}
