// Erases the record of watched machines; it comes with the first screen, the record itself with its own.

export const HOST_DATABASE = 'pilotwire.machines';

/** Nothing of it stays on this device. */
export function eraseHostRecord(): void {
	try {
		indexedDB.deleteDatabase(HOST_DATABASE);
	} catch {
		// Storage is closed to this page: there is nothing then.
	}
}
