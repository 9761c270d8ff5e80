// What the page says aloud to people who hear the screen.
import { announcement } from './store.ts';

/** Says a sentence. */
export function announce(text: string): void {
	announcement.value = { text, serial: announcement.value.serial + 1 };
}
