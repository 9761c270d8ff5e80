// Which part of the settings is open: it stands in the address, so that the browser's way back leads out of it.
import { computed, signal } from '@preact/signals';
import { type SettingsPart, settingsPartOf } from '../core/settings.ts';
import { session } from './store.ts';

const part = signal(settingsPartOf(location.hash));

addEventListener('hashchange', () => {
	part.value = settingsPartOf(location.hash);
});

export const isAdmin = computed(() => session.value.kind === 'in' && session.value.account.role === 'admin');

/** The part that is shown: those of administrators are nobody else's. */
export const openPart = computed<SettingsPart | undefined>(() => (isAdmin.value ? part.value : undefined));
