// What a run learned, taken over into the configuration: each value by itself, saved at once.
import type { CommissioningState } from '@pilotwire/contract';
import { useEffect, useState } from 'preact/hooks';
import { edit, file, loadFile, refused, save, saving } from '../app/house-file.ts';
import { t } from '../app/store.ts';
import { type Correction, corrected, correctionsOf } from '../core/commissioning.ts';
import { hex } from '../core/house-parts.ts';
import '../i18n/house-file.ts';
import { Fault, Faults } from './forms.tsx';

/** The values, where there are any and a file to write them into. */
export function Corrections({ state }: { readonly state: CommissioningState }) {
	const all = correctionsOf(state);
	const [left, setLeft] = useState<readonly number[]>([]);
	useEffect(() => {
		if (all.length > 0) void loadFile();
	}, [state.run]);
	const now = file.value;
	if (all.length === 0 || now === undefined) return null;
	const chosen = all.filter((_, index) => !left.includes(index));
	// What stands in the file already is not asked again.
	const isDone = JSON.stringify(corrected(now.sections, all)) === JSON.stringify(now.sections);
	const use = async (): Promise<void> => {
		edit(corrected(now.sections, chosen));
		await save();
	};
	return (
		<section aria-labelledby="use-title" class="corrections">
			<h3 id="use-title">{t.value('commissioning.use')}</h3>
			{now.kind !== 'file' && <p class="notice">{t.value('commissioning.use.none')}</p>}
			{all.map((correction, index) => (
				<label key={correctionText(correction)} class="check">
					<input
						type="checkbox"
						disabled={now.kind !== 'file' || isDone}
						checked={!left.includes(index)}
						onChange={() => setLeft(left.includes(index) ? left.filter((one) => one !== index) : [...left, index])}
					/>
					{correctionText(correction)}
				</label>
			))}
			<Faults>{refused.value !== undefined && <Fault text={t.value('parts.refused.other')} />}</Faults>
			<p role="status" class="saving" data-state={saving.value === 'used' ? 'saved' : saving.value}>
				{saving.value !== 'no' && t.value(`parts.state.${saving.value}`)}
			</p>
			{now.kind === 'file' && !isDone && (
				<button
					type="button"
					class="primary"
					disabled={chosen.length === 0 || saving.value === 'sent' || saving.value === 'starting'}
					onClick={() => void use()}
				>
					{t.value('commissioning.use.do')}
				</button>
			)}
		</section>
	);
}

function correctionText(correction: Correction): string {
	switch (correction.kind) {
		case 'swap':
			return t.value('commissioning.use.swap', { name: correction.one.name, other: correction.other.name });
		case 'board':
			return t.value('commissioning.use.board', { ...correction, board: hex(correction.address) });
		default: {
			const { name, from, to } = correction;
			return t.value(correction.kind === 'power' ? 'commissioning.use.power' : 'commissioning.use.phase', {
				name,
				from,
				to,
			});
		}
	}
}
