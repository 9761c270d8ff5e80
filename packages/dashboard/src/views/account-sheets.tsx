// The sheets of people and devices: somebody new, a device with its secret, a change.
import { useState } from 'preact/hooks';
import { addMachine, addPerson, removeAccount, setPassword, setRole } from '../app/accounts.ts';
import { t } from '../app/store.ts';
import type { HouseAccount } from '../core/accounts.ts';
import type { Role } from '../io/session.ts';
import { AccountForm, NewPassword, Refused, useAsking } from './account-form.tsx';
import { SelectField, Sure, TextField } from './forms.tsx';
import { Segments, Sheet } from './parts.tsx';

interface SheetProps {
	readonly onClose: () => void;
}

function RoleChoice({ value, onChoose }: { readonly value: Role; readonly onChoose: (role: Role) => void }) {
	return (
		<Segments<Role>
			label={t.value('accounts.role')}
			name="role"
			value={value}
			choices={[
				['viewer', t.value('accounts.role.viewer')],
				['resident', t.value('accounts.role.resident')],
				['admin', t.value('accounts.role.admin')],
			]}
			onChoose={onChoose}
		/>
	);
}

/** Somebody new. */
export function AddPersonSheet({ onClose }: SheetProps) {
	const [name, setName] = useState('');
	const [role, setRoleTo] = useState<Role>('resident');
	const [password, setPasswordTo] = useState('');
	const asking = useAsking();
	const add = (): void => void asking.run(() => addPerson(name.trim().toLowerCase(), role, password), onClose);
	return (
		<Sheet title={t.value('accounts.add')} onClose={onClose}>
			<AccountForm asking={asking} submit="accounts.save" onSubmit={add}>
				<TextField
					required
					label={t.value('accounts.name')}
					value={name}
					onInput={setName}
					hint={t.value('accounts.name.hint')}
				/>
				<RoleChoice value={role} onChoose={setRoleTo} />
				<NewPassword label="accounts.password" value={password} onInput={setPasswordTo} />
			</AccountForm>
		</Sheet>
	);
}

/** A device or a program; once it is added, its secret, this once. */
export function AddDeviceSheet({ onClose }: SheetProps) {
	const [name, setName] = useState('');
	const [kind, setKind] = useState<'device' | 'service'>('device');
	const [secret, setSecret] = useState<string>();
	const asking = useAsking();
	const add = (): void =>
		void asking.run(async () => {
			const made = await addMachine(kind, name.trim().toLowerCase());
			if ('secret' in made) setSecret(made.secret);
			return 'code' in made ? made.code : undefined;
		});
	// One sheet for both: another in its place would take this one's closing for its own.
	const shown = name.trim().toLowerCase();
	if (secret !== undefined) {
		return (
			<Sheet title={t.value('accounts.secret', { name: shown })} onClose={onClose}>
				<Secret name={shown} secret={secret} onClose={onClose} />
			</Sheet>
		);
	}
	return (
		<Sheet title={t.value('accounts.devices.add')} onClose={onClose}>
			<AccountForm asking={asking} submit="accounts.save" onSubmit={add}>
				<TextField required label={t.value('accounts.name')} value={name} onInput={setName} />
				<SelectField
					label={t.value('accounts.kind')}
					value={kind}
					choices={[
						['device', t.value('accounts.kind.device', { name: name === '' ? '…' : name })],
						['service', t.value('accounts.kind.service')],
					]}
					onChoose={(chosen) => setKind(chosen === 'service' ? 'service' : 'device')}
				/>
			</AccountForm>
		</Sheet>
	);
}

interface SecretProps extends SheetProps {
	readonly name: string;
	readonly secret: string;
}

function Secret({ name, secret, onClose }: SecretProps) {
	const [copied, setCopied] = useState(false);
	const label = t.value('accounts.secret', { name });
	// Browsers have it only where the page came encrypted, or from this machine.
	const clipboard = (navigator as Partial<Navigator>).clipboard;
	return (
		<>
			<p>{t.value('accounts.secret.hint')}</p>
			<input
				class="secret"
				readOnly
				aria-label={label}
				value={secret}
				onFocus={(event) => event.currentTarget.select()}
			/>
			<p role="status" class="saving" data-state="saved">
				{copied && t.value('accounts.secret.copied')}
			</p>
			{clipboard !== undefined && (
				<button
					type="button"
					class="secondary"
					onClick={() =>
						void clipboard.writeText(secret).then(
							() => setCopied(true),
							() => undefined,
						)
					}
				>
					{t.value('accounts.secret.copy')}
				</button>
			)}
			<button type="button" class="primary" onClick={onClose}>
				{t.value('accounts.secret.done')}
			</button>
		</>
	);
}

interface ChangeProps extends SheetProps {
	readonly account: HouseAccount;
}

/** Another role or password for somebody, or the end of the account. */
export function ChangeSheet({ account: { name, kind, role = 'viewer' }, onClose }: ChangeProps) {
	const [password, setPasswordTo] = useState('');
	const [chosen, setChosen] = useState<Role>(role);
	const [done, setDone] = useState(false);
	const asking = useAsking();
	const { busy, code, run } = asking;
	const finished = (): void => setDone(true);
	return (
		<Sheet title={t.value('accounts.change.of', { name })} onClose={onClose}>
			<Refused code={code} />
			<p role="status" class="saving" data-state={done && code === undefined ? 'saved' : 'no'}>
				{busy ? t.value('accounts.busy') : done && code === undefined && t.value('accounts.done')}
			</p>
			{kind === 'person' && (
				<>
					<p class="quiet">{t.value('accounts.ends')}</p>
					<RoleChoice
						value={chosen}
						onChoose={(next) => {
							setChosen(next);
							void run(async () => {
								const refused = await setRole(name, next);
								if (refused !== undefined) setChosen(chosen);
								return refused;
							}, finished);
						}}
					/>
					<AccountForm
						among
						asking={asking}
						submit="accounts.password.set"
						onSubmit={() =>
							void run(
								() => setPassword(name, password),
								() => {
									setPasswordTo('');
									finished();
								},
							)
						}
					>
						<NewPassword label="accounts.password.new" value={password} onInput={setPasswordTo} />
					</AccountForm>
				</>
			)}
			<Sure
				label={t.value('accounts.remove', { name })}
				question={t.value('accounts.remove.sure', { name })}
				yes={t.value('accounts.remove.yes')}
				no={t.value('accounts.keep')}
				onSure={() => void run(() => removeAccount(name), onClose)}
			/>
		</Sheet>
	);
}
