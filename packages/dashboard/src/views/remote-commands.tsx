// Commands of a machine, and a terminal, where its configuration allows them.
import { useEffect, useRef, useState } from 'preact/hooks';
import { agent, ask } from '../app/remote.ts';
import { t } from '../app/store.ts';
import { withOutput } from '../core/remote.ts';
import { SelectField, TextField } from './forms.tsx';
import { FaultText, LineForm, useStream } from './remote-parts.tsx';

export function CommandsPart() {
	const can = agent.value?.state?.can;
	return (
		<>
			{((can?.commands?.length ?? 0) > 0 || can?.shell === true) && <Running />}
			{can?.shell === true && <Terminal />}
		</>
	);
}

/** What is written, the newest in sight. */
function Output({ text }: { readonly text: string }) {
	const place = useRef<HTMLElement>(null);
	useEffect(() => {
		const element = place.current;
		if (element !== null) element.scrollTop = element.scrollHeight;
	}, [text]);
	return (
		// biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
		<section ref={place} class="typed remote-output" aria-label={t.value('remote.commands.output')} tabIndex={0}>
			<pre>{text}</pre>
		</section>
	);
}

function Running() {
	const can = agent.value?.state?.can;
	const commands = can?.commands ?? [];
	const [name, setName] = useState(commands[0]?.command ?? '');
	const [given, setGiven] = useState<Readonly<Record<string, string>>>({});
	const [text, setText] = useState('');
	const [ended, setEnded] = useState<Readonly<Record<string, unknown>>>();
	const stream = useStream();
	const command = commands.find((one) => one.command === name);
	const known = Object.entries(command?.arguments ?? {});
	const run = (op: string, params: Record<string, unknown>): void => {
		setText('');
		setEnded(undefined);
		const decoder = new TextDecoder();
		stream.start(() => {
			const call = ask(op, {
				params,
				onBytes: (bytes) => setText((before) => withOutput(before, decoder.decode(bytes, { stream: true }))),
			});
			call.ended.then(setEnded, () => undefined);
			return call;
		});
	};
	const wordOf = (argument: string): string => {
		const bounds = command?.arguments[argument];
		return given[argument] ?? bounds?.default ?? bounds?.choices?.[0] ?? '';
	};
	return (
		<section class="card" aria-labelledby="commands-title">
			<h2 id="commands-title">{t.value('remote.commands')}</h2>
			{command !== undefined && (
				<form
					class="price-form"
					onSubmit={(event) => {
						event.preventDefault();
						const values = Object.fromEntries(known.map(([argument]) => [argument, wordOf(argument)]));
						run('commands.run', { command: name, arguments: values });
					}}
				>
					<SelectField
						label={t.value('remote.commands.which')}
						value={name}
						choices={commands.map(({ command: one }) => [one, one])}
						onChoose={(one) => {
							setName(one);
							setGiven({});
						}}
						hint={command.about}
					/>
					{known.map(([argument, { choices, min, max, pattern }]) =>
						choices === undefined ? (
							<TextField
								key={argument}
								label={argument}
								value={wordOf(argument)}
								onInput={(value) => setGiven({ ...given, [argument]: value })}
								hint={min === undefined ? pattern : `${min} … ${max}`}
								inputMode={min === undefined ? 'text' : 'numeric'}
							/>
						) : (
							<SelectField
								key={argument}
								label={argument}
								value={wordOf(argument)}
								choices={choices.map((one) => [one, one])}
								onChoose={(value) => setGiven({ ...given, [argument]: value })}
							/>
						),
					)}
					<button type="submit" class="primary" disabled={stream.runs}>
						{t.value('remote.commands.run')}
					</button>
				</form>
			)}
			{can?.shell === true && (
				<LineForm
					label={t.value('remote.commands.line')}
					button={t.value('remote.commands.run')}
					onLine={(line) => run('commands.shell', { line, timeoutS: 3_600 })}
				/>
			)}
			{stream.runs && (
				<button type="button" class="secondary" onClick={stream.stop}>
					{t.value('remote.stop')}
				</button>
			)}
			<Output text={text} />
			<p role="status">{ended !== undefined && endingOf(ended)}</p>
			{stream.fault !== undefined && <FaultText fault={stream.fault} />}
		</section>
	);
}

function endingOf({ code, signal, timedOut, tooMuch }: Readonly<Record<string, unknown>>): string {
	if (timedOut === true) return t.value('remote.commands.timedOut');
	if (tooMuch === true) return t.value('remote.commands.tooMuch');
	return t.value('remote.commands.ended', { code: String(code ?? signal) });
}

function Terminal() {
	const [text, setText] = useState('');
	const [line, setLine] = useState('');
	const stream = useStream();
	const open = (): void => {
		setText('');
		const decoder = new TextDecoder();
		stream.start(() =>
			ask('commands.terminal', {
				params: { rows: 30, columns: 80 },
				onBytes: (bytes) => setText((before) => withOutput(before, decoder.decode(bytes, { stream: true }))),
			}),
		);
	};
	const type = (typed: string): void =>
		void stream
			.call()
			?.send(new TextEncoder().encode(typed))
			.catch(() => undefined);
	return (
		<section class="card" aria-labelledby="terminal-title">
			<h2 id="terminal-title">{t.value('remote.commands.terminal')}</h2>
			{stream.runs ? (
				<>
					<Output text={text} />
					<form
						class="remote-line"
						onSubmit={(event) => {
							event.preventDefault();
							type(`${line}\n`);
							setLine('');
						}}
					>
						<label class="field">
							<span>{t.value('remote.commands.type')}</span>
							<input
								class="mono"
								value={line}
								autocomplete="off"
								autocapitalize="none"
								spellcheck={false}
								onInput={(event) => setLine(event.currentTarget.value)}
								onKeyDown={(event) => {
									const control =
										event.ctrlKey && event.key.length === 1 ? event.key.toLowerCase().charCodeAt(0) - 96 : 0;
									// ^C and the like go to the terminal; copying what is marked stays copying.
									if (control < 1 || control > 26 || String(getSelection()) !== '' || event.key === 'v') return;
									event.preventDefault();
									type(String.fromCharCode(control));
								}}
							/>
						</label>
						<button type="button" class="small" onClick={() => type('\u0003')}>
							Ctrl+C
						</button>
						<button type="button" class="small" onClick={() => type('\u0004')}>
							Ctrl+D
						</button>
					</form>
					<button type="button" class="secondary" onClick={stream.stop}>
						{t.value('remote.stop')}
					</button>
				</>
			) : (
				<button type="button" class="secondary" onClick={open}>
					{t.value('remote.commands.open')}
				</button>
			)}
			{stream.fault !== undefined && <FaultText fault={stream.fault} />}
		</section>
	);
}
