// Pieces that the parts of the remote control share: doing something and saying how it went, choosing a file.
import type { RemoteCall, RemoteFault } from '@pilotwire/contract';
import { useEffect, useRef, useState } from 'preact/hooks';
import { faultOf } from '../app/remote.ts';
import { t } from '../app/store.ts';
import '../i18n/remote.ts';
import { Icon } from './icons.tsx';

/** How something goes that was asked of an agent. */
export interface Doing {
	readonly state: 'idle' | 'busy' | 'done' | RemoteFault;
	/** Does it, unless something is done already. */
	readonly run: (act: () => Promise<unknown>) => void;
}

export function useDoing(): Doing {
	const [state, setState] = useState<Doing['state']>('idle');
	const run = (act: () => Promise<unknown>): void => {
		if (state === 'busy') return;
		setState('busy');
		act().then(
			() => setState('done'),
			(error: unknown) => setState(faultOf(error)),
		);
	};
	return { state, run };
}

/** How it went, in words; what an agent says of a fault is English. */
export function Outcome({ of: { state } }: { readonly of: Doing }) {
	return (
		<div role="status" class="remote-outcome">
			{state === 'busy' && <p class="quiet">{t.value('remote.busy')}</p>}
			{state === 'done' && <p class="remote-done">{t.value('remote.done')}</p>}
			{typeof state === 'object' && <FaultText fault={state} />}
		</div>
	);
}

/** What went wrong, and what to do. Nothing where somebody wanted it to stop. */
export function FaultText({ fault }: { readonly fault: RemoteFault }) {
	if (fault.code === 'REMOTE_CANCELLED') return null;
	return (
		<div class="fault">
			<Icon name="alert" />
			<p>
				{t.value('remote.failed')}{' '}
				<span lang="en">
					{fault.received} ({fault.code}). {fault.action}
				</span>
			</p>
		</div>
	);
}

/** A call that runs until it is stopped, or the part is left. */
export function useStream(): {
	readonly runs: boolean;
	readonly fault: RemoteFault | undefined;
	readonly start: (make: () => RemoteCall) => void;
	readonly stop: () => void;
	readonly call: () => RemoteCall | undefined;
} {
	const held = useRef<RemoteCall>(undefined);
	const [runs, setRuns] = useState(false);
	const [fault, setFault] = useState<RemoteFault>();
	const stop = (): void => held.current?.cancel();
	// Nobody looks any more: nothing goes on unseen.
	useEffect(() => {
		const hidden = (): void => {
			if (document.visibilityState === 'hidden') stop();
		};
		document.addEventListener('visibilitychange', hidden);
		return () => {
			document.removeEventListener('visibilitychange', hidden);
			stop();
		};
	}, []);
	const start = (make: () => RemoteCall): void => {
		stop();
		setFault(undefined);
		setRuns(true);
		const call = make();
		held.current = call;
		const over = (error?: unknown): void => {
			if (held.current !== call) return;
			held.current = undefined;
			setRuns(false);
			if (error !== undefined) setFault(faultOf(error));
		};
		call.ended.then(() => over(), over);
	};
	return { runs, fault, start, stop, call: () => held.current };
}

interface FileButtonProps {
	readonly label: string;
	readonly accept?: string;
	readonly multiple?: boolean;
	readonly onFiles: (files: readonly File[]) => void;
}

/** A button that lets files be chosen. */
export function FileButton({ label, accept, multiple = false, onFiles }: FileButtonProps) {
	return (
		<label class="remote-file">
			<input
				type="file"
				class="unseen"
				accept={accept ?? ''}
				multiple={multiple}
				onChange={(event) => {
					onFiles([...(event.currentTarget.files ?? [])]);
					event.currentTarget.value = '';
				}}
			/>
			<span class="small">{label}</span>
		</label>
	);
}

interface LineFormProps {
	readonly label: string;
	readonly button: string;
	readonly value?: string;
	readonly onLine: (text: string) => void;
}

/** A line to type, and what is done with it. */
export function LineForm({ label, button, value = '', onLine }: LineFormProps) {
	const [text, setText] = useState(value);
	return (
		<form
			class="remote-line"
			onSubmit={(event) => {
				event.preventDefault();
				if (text !== '') onLine(text);
			}}
		>
			<label class="field">
				<span>{label}</span>
				<input
					value={text}
					autocomplete="off"
					autocapitalize="none"
					spellcheck={false}
					onInput={(event) => setText(event.currentTarget.value)}
				/>
			</label>
			<button type="submit" class="small">
				{button}
			</button>
		</form>
	);
}
