// Gives a file to whoever looks at the page.

/** The browser needs the address a moment longer than the click. Milliseconds. */
const FORGET_AFTER_MS = 60_000;

/** Saves it under a name, as the browser saves downloads. */
export function saveFile(blob: Blob, name: string): void {
	const address = URL.createObjectURL(blob);
	const link = document.createElement('a');
	link.href = address;
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(address), FORGET_AFTER_MS);
}
