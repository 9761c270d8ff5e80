// The stretch of time that the chart shows, as a file.
import * as past from '../app/history.ts';
import { house, link, t } from '../app/store.ts';
import { exportAddress } from '../core/export-address.ts';
import { Icon } from './icons.tsx';

/** A link that saves every figure; nothing without a connection. */
export function ExportButton() {
	if (link.value.kind !== 'up') return null;
	const address = exportAddress(past.subject.value, past.timeWindow.value, house.value.clockAheadMs ?? 0);
	return (
		<a class="small with-icon" href={address} download>
			<Icon name="download" />
			{t.value('history.export')}
		</a>
	);
}
