// A newer page has been fetched beside the one that runs: it takes over when people say so, or when they open it next.

import { t } from '../app/store.ts';
import { applyUpdate, updateReady } from '../io/service-worker.ts';
import { Icon } from './icons.tsx';

/** Nothing while the page is the newest. */
export function UpdateNote() {
	if (!updateReady.value) return null;
	return (
		<div class="update" role="status">
			<Icon name="update" />
			<p>{t.value('app.update')}</p>
			<button type="button" class="small" onClick={applyUpdate}>
				{t.value('app.update.now')}
			</button>
		</div>
	);
}
