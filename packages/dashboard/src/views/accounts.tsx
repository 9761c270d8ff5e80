// People and devices: who may sign in and what they may do, for administrators.
import { useEffect, useState } from 'preact/hooks';
import { accounts, loadAccounts, outsideBroker, status } from '../app/accounts.ts';
import { calendar } from '../app/calendar.ts';
import { format, session, t } from '../app/store.ts';
import type { HouseAccount } from '../core/accounts.ts';
import '../i18n/accounts.ts';
import '../i18n/settings.ts';
import { AddDeviceSheet, AddPersonSheet, ChangeSheet } from './account-sheets.tsx';
import { Fault } from './forms.tsx';
import { Icon } from './icons.tsx';
import { roleKeys } from './password-sheet.tsx';

type Opened = 'person' | 'device' | HouseAccount;

/** The part. */
export function AccountsPart() {
	const [opened, setOpened] = useState<Opened>();
	useEffect(() => void loadAccounts(), []);
	const all = accounts.value ?? [];
	const people = all.filter(({ kind }) => kind === 'person');
	const machines = all.filter(({ kind }) => kind !== 'person');
	const close = (): void => setOpened(undefined);
	return (
		<>
			{status.value === 'missing' && (
				<div role="alert">
					<Fault text={t.value('accounts.missing')} />
					<button type="button" class="small" onClick={() => void loadAccounts()}>
						{t.value('accounts.again')}
					</button>
				</div>
			)}
			{outsideBroker.value && <p class="notice">{t.value('accounts.outside')}</p>}
			<div class="pair">
				<section class="card" aria-labelledby="people-title">
					<div class="card-head">
						<h2 id="people-title">{t.value('accounts.people')}</h2>
						<button type="button" class="small" aria-haspopup="dialog" onClick={() => setOpened('person')}>
							{t.value('accounts.add')}
						</button>
					</div>
					{accounts.value === undefined && status.value === 'loading' && <p class="quiet">{t.value('app.loading')}</p>}
					<ul class="rows">
						{people.map((account) => (
							<AccountRow key={account.name} account={account} onChange={() => setOpened(account)} />
						))}
					</ul>
				</section>
				<section class="card" aria-labelledby="devices-title">
					<div class="card-head">
						<h2 id="devices-title">{t.value('accounts.devices')}</h2>
						<button type="button" class="small" aria-haspopup="dialog" onClick={() => setOpened('device')}>
							{t.value('accounts.devices.add')}
						</button>
					</div>
					<p class="quiet">{t.value('accounts.devices.hint')}</p>
					{accounts.value !== undefined && machines.length === 0 && (
						<p class="quiet">{t.value('accounts.devices.none')}</p>
					)}
					<ul class="rows">
						{machines.map((account) => (
							<AccountRow key={account.name} account={account} onChange={() => setOpened(account)} />
						))}
					</ul>
				</section>
			</div>
			{opened === 'person' && <AddPersonSheet onClose={close} />}
			{opened === 'device' && <AddDeviceSheet onClose={close} />}
			{typeof opened === 'object' && <ChangeSheet account={opened} onClose={close} />}
		</>
	);
}

function AccountRow({ account, onChange }: { readonly account: HouseAccount; readonly onChange: () => void }) {
	const { name, kind, role, createdMs } = account;
	const isOwn = kind === 'person' && session.value.kind === 'in' && session.value.account.name === name;
	const what =
		role !== undefined ? t.value(roleKeys[role]) : t.value(kind === 'device' ? 'accounts.device' : 'accounts.service');
	const since =
		createdMs > 0
			? ` · ${t.value('accounts.since', { day: format.value.day(calendar.value.local(createdMs).date) })}`
			: '';
	return (
		<li class="row">
			<span class="row-text">
				<span class="row-name">
					{name}
					{isOwn && <span class="quiet"> ({t.value('accounts.you')})</span>}
				</span>
				<span class="quiet">
					{what}
					{since}
				</span>
			</span>
			{!isOwn && (
				<button
					type="button"
					class="small with-icon"
					aria-haspopup="dialog"
					aria-label={t.value('accounts.change.of', { name })}
					onClick={onChange}
				>
					<Icon name="settings" />
					{t.value('accounts.change')}
				</button>
			)}
		</li>
	);
}
