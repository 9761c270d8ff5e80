/** Of which house the doctor was asked, and as whom. */
export interface Asked {
	/** Its configuration's file; undefined for the simulated house. */
	readonly config: string | undefined;
	/** The user's name; empty where nobody says. */
	readonly user: string;
}

/** The user that the installer makes, who has no sign-in. */
const HOUSE_USER = 'pilotwire';

/** A command of `pilotwire` as a person types it, so that it is about the same house. */
export function typed(command: string, { config, user }: Asked): string {
	const as = user === HOUSE_USER ? `sudo -u ${user} ` : '';
	return `${as}pilotwire ${command}${config === undefined ? '' : ` --config ${config}`}`;
}
