import { houseNameRefused, longestPassword, nameRefused, passwordRefused, shortestPassword } from './errors.ts';
import { isAccountName, isHouseName } from './principal.ts';
import { serviceNames } from './rules.ts';

/**
 * The house's own services have their accounts without this database; nothing here may pass for one of them. Throws
 * `ACCOUNT_NAME_REFUSED`.
 */
export function checkName(name: string): void {
	if (!isAccountName(name) || serviceNames.includes(name)) throw nameRefused(name);
}

/** Throws `HOUSE_NAME_REFUSED`. */
export function checkHouses(houses: readonly string[]): void {
	const wrong = houses.find((house) => !isHouseName(house));
	if (wrong !== undefined) throw houseNameRefused(wrong);
}

/** Throws `PASSWORD_REFUSED`. */
export function checkPassword(password: string): void {
	const { length } = password;
	if (length < shortestPassword || length > longestPassword) throw passwordRefused(length);
}
