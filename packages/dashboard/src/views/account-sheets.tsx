// The sheets of people and devices: somebody new, a device with its secret, a change.
import { useState } from 'preact/hooks';
import { addMachine, addPerson, removeAccount, setPassword, setRole } from '../app/accounts.ts';
import { t } from '../app/store.ts';
import { accountFault, type HouseAccount } from '../core/accounts.ts';
import type { Role } from '../io/session.ts';
import { Fault, Faults, SelectField, Sure, TextField } from './forms.tsx';
import { Segments, Sheet } from './parts.tsx';

interface SheetProps {
	readonly onClose: () => void;
}

/** What is being asked of the server, and what it refused. */
function useAsking(): {
	readonly busy: boolean;
	readonly code: string | undefined;
	readonly run: (ask: () => Promise<string | undefined>, done: () => void) => Promise<void>;
} {
	const [busy, setBusy] = useState(false);
	const [code, setCode] = useState<string>();
	return {
		busy,
		code,
		run: async (ask, done) => {
			setBusy(true);
			const refused = await ask();
			setBusy(false);
			setCode(refused);
			if (refused === undefined) done();
		},
	};
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
	const { busy, code, run } = useAsking();
	const add = (event: SubmitEvent): void => {
		event.preventDefault();
		void run(() => addPerson(name.trim().toLowerCase(), role, password), onClose);
	};
	return (
		<Sheet title={t.value('accounts.add')} onClose={onClose}>
			<form class="price-form" onSubmit={add}>
				<TextField
					required
					label={t.value('accounts.name')}
					value={name}
					onInput={setName}
					hint={t.value('accounts.name.hint')}
				/>
				<RoleChoice value={role} onChoose={setRoleTo} />
				<TextField
					required
					type="password"
					autocomplete="new-password"
					label={t.value('accounts.password')}
					value={password}
					onInput={setPasswordTo}
					hint={t.value('accounts.password.hint')}
				/>
				<Faults>{code !== undefined && <Fault text={t.value(accountFault(code))} />}</Faults>
				<button type="submit" class="primary" disabled={busy}>
					{t.value(busy ? 'accounts.busy' : 'accounts.save')}
				</button>
			</form>
		</Sheet>
	);
}

/** A device or a program; once it is added, its secret, this once. */
export function AddDeviceSheet({ onClose }: SheetProps) {
	const [name, setName] = useState('');
	const [kind, setKind] = useState<'device' | 'service'>('device');
	const [secret, setSecret] = useState<string>();
	const { busy, code, run } = useAsking();
	const add = (event: SubmitEvent): void => {
		event.preventDefault();
		void run(
			async () => {
				const made = await addMachine(kind, name.trim().toLowerCase());
				if ('secret' in made) setSecret(made.secret);
				return 'code' in made ? made.code : undefined;
			},
			() => undefined,
		);
	};
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
			<form class="price-form" onSubmit={add}>
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
				<Faults>{code !== undefined && <Fault text={t.value(accountFault(code))} />}</Faults>
				<button type="submit" class="primary" disabled={busy}>
					{t.value(busy ? 'accounts.busy' : 'accounts.save')}
				</button>
			</form>
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
	const { busy, code, run } = useAsking();
	const finished = (): void => setDone(true);
	return (
		<Sheet title={t.value('accounts.change.of', { name })} onClose={onClose}>
			<Faults>{code !== undefined && <Fault text={t.value(accountFault(code))} />}</Faults>
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
					<form
						class="price-form"
						onSubmit={(event) => {
							event.preventDefault();
							void run(
								() => setPassword(name, password),
								() => {
									setPasswordTo('');
									finished();
								},
							);
						}}
					>
						<TextField
							required
							type="password"
							autocomplete="new-password"
							label={t.value('accounts.password.new')}
							value={password}
							onInput={setPasswordTo}
							hint={t.value('accounts.password.hint')}
						/>
						<button type="submit" class="secondary" disabled={busy}>
							{t.value('accounts.password.set')}
						</button>
					</form>
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
