// A screen whose code comes when it is opened, and stays.
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../app/store.ts';
import { type ScreenId, screens } from '../core/screens.ts';

type Later = Exclude<ScreenId, 'now'>;

const loaders: Readonly<Record<Later, () => Promise<ComponentType>>> = {
	radiators: () => import('./radiators.tsx').then(({ RadiatorsScreen }) => RadiatorsScreen),
	programmes: () => import('./programmes.tsx').then(({ ProgrammesScreen }) => ProgrammesScreen),
	probes: () => import('./probes.tsx').then(({ ProbesScreen }) => ProbesScreen),
	history: () => import('./history.tsx').then(({ HistoryScreen }) => HistoryScreen),
	costs: () => import('./costs.tsx').then(({ CostsScreen }) => CostsScreen),
	health: () => import('./health.tsx').then(({ HealthScreen }) => HealthScreen),
	devices: () => import('./devices.tsx').then(({ DevicesScreen }) => DevicesScreen),
	machines: () => import('./machines.tsx').then(({ MachinesScreen }) => MachinesScreen),
	remote: () => import('./remote.tsx').then(({ RemoteScreen }) => RemoteScreen),
	settings: () => import('./settings.tsx').then(({ SettingsScreen }) => SettingsScreen),
};
const loaded = new Map<Later, ComponentType>();

/** Loads a screen's code, or says that it could not be had. */
export function LaterScreen({ id }: { readonly id: Later }) {
	const [state, setState] = useState<'coming' | 'there' | 'missing'>('coming');
	const View = loaded.get(id);
	useEffect(() => {
		if (loaded.has(id)) return;
		let left = false;
		setState('coming');
		loaders[id]()
			.then((view) => {
				loaded.set(id, view);
				if (!left) setState('there');
			})
			.catch(() => {
				if (!left) setState('missing');
			});
		return () => {
			left = true;
		};
	}, [id]);
	if (View !== undefined) return <View />;
	// A heading from the start: whoever hears the screen knows where they are while it comes.
	if (state !== 'missing') {
		return (
			<div class="coming">
				<h1 class="unseen">{t.value(screens.find((one) => one.id === id)?.title ?? 'screen.now')}</h1>
				<p class="quiet">{t.value('app.loading')}</p>
			</div>
		);
	}
	return (
		<section class="card">
			<h1 class="screen-title">{t.value('app.missing')}</h1>
			<p class="quiet">{t.value('app.missing.hint')}</p>
			<p>
				<button type="button" class="secondary" onClick={() => location.reload()}>
					{t.value('command.retry')}
				</button>
			</p>
		</section>
	);
}
