import { resident } from './people.ts';
import { houseStates, type Rights } from './rights.ts';

/** What is of a house, and not of the broker or of Home Assistant beside it. */
const ofHouse = (rights: readonly string[]): string[] => rights.filter((right) => right.startsWith('{site}/'));

/** A whole house: all of itself and nothing else. `{site}` is its own house here, whatever the broker's is. */
export const home: Rights = { publish: ['{site}/#'], read: ['{site}/#'] };

/** An integrator in a house that it is given: what a resident may, but for what lies beside the house. */
export const integratorAtHome: Rights = { publish: ofHouse(resident.publish), read: ofHouse(resident.read) };

/** An integrator in every house, given or not: how it does. `{site}` is any house here. */
export const integratorAnywhere: Rights = { publish: [], read: ofHouse(houseStates) };
