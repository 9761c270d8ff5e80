// The invitation to the first steps, on the first screen of an administrator who has not seen them on this device.
import { prefer } from '../app/controller.ts';
import { preferences, screen, session, t } from '../app/store.ts';
import { Icon } from './icons.tsx';

/** Nothing once it was followed or put off. */
export function GuideNote() {
	const isOwner = session.value.kind === 'in' && session.value.account.role === 'admin';
	if (!isOwner || screen.value !== 'now' || preferences.value.guide === 'seen') return null;
	return (
		<div class="update">
			<Icon name="house" />
			<p>{t.value('app.guide')}</p>
			<a class="small" href="#/settings/guide">
				{t.value('app.guide.open')}
			</a>
			<button
				type="button"
				class="round"
				aria-label={t.value('app.guide.later')}
				onClick={() => prefer({ guide: 'seen' })}
			>
				<Icon name="close" />
			</button>
		</div>
	);
}
