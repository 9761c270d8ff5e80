// Pieces of the forms in the settings: fields with what is wrong beside them, and a question before what can't be undone.
import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { t } from '../app/store.ts';
import { Icon } from './icons.tsx';

interface TextFieldProps {
	readonly label: string;
	readonly value: string;
	readonly onInput: (value: string) => void;
	readonly hint?: string | undefined;
	readonly fault?: string | undefined;
	/** What the house expected instead, in its own words. */
	readonly expected?: string | undefined;
	readonly type?: 'text' | 'password';
	readonly inputMode?: 'text' | 'decimal' | 'numeric' | 'url';
	readonly placeholder?: string;
	readonly autocomplete?: string;
	readonly required?: boolean;
}

/** A line to type into. */
export function TextField({ label, value, onInput, hint, fault, expected, type = 'text', ...rest }: TextFieldProps) {
	const id = useId();
	const [shown, setShown] = useState(false);
	// Its role follows from its type, which the types of elements want to know in advance.
	const kind = (type === 'password' && shown ? 'text' : type) as 'text';
	return (
		<div class="field">
			<label for={id}>{label}</label>
			<input
				id={id}
				type={kind}
				value={value}
				maxLength={256}
				autoCapitalize="none"
				spellcheck={false}
				autocomplete={rest.autocomplete ?? 'off'}
				inputMode={rest.inputMode ?? 'text'}
				placeholder={rest.placeholder}
				required={rest.required ?? false}
				aria-invalid={fault !== undefined}
				aria-describedby={`${id}-about`}
				onInput={(event) => onInput(event.currentTarget.value)}
			/>
			<About id={`${id}-about`} hint={hint} fault={fault} expected={expected} />
			{type === 'password' && (
				<label class="check">
					<input type="checkbox" checked={shown} onChange={() => setShown(!shown)} />
					{t.value('signin.show')}
				</label>
			)}
		</div>
	);
}

interface SelectFieldProps {
	readonly label: string;
	readonly value: string;
	readonly choices: readonly (readonly [value: string, text: string])[];
	readonly onChoose: (value: string) => void;
	readonly hint?: string | undefined;
	readonly fault?: string | undefined;
	/** What the house expected instead, in its own words. */
	readonly expected?: string | undefined;
}

/** A choice among several. */
export function SelectField({ label, value, choices, onChoose, hint, fault, expected }: SelectFieldProps) {
	const id = useId();
	return (
		<div class="field">
			<label for={id}>{label}</label>
			<select
				id={id}
				value={value}
				aria-invalid={fault !== undefined}
				aria-describedby={`${id}-about`}
				onChange={(event) => onChoose(event.currentTarget.value)}
			>
				{choices.map(([choice, text]) => (
					<option key={choice} value={choice}>
						{text}
					</option>
				))}
			</select>
			<About id={`${id}-about`} hint={hint} fault={fault} expected={expected} />
		</div>
	);
}

interface AboutProps {
	readonly id: string;
	readonly hint: string | undefined;
	readonly fault: string | undefined;
	readonly expected: string | undefined;
}

function About({ id, hint, fault, expected }: AboutProps) {
	return (
		<div id={id} class="field-about">
			{hint !== undefined && <p class="quiet">{hint}</p>}
			{fault !== undefined && (
				<p class="field-fault">
					<Icon name="alert" />
					<span>
						{fault} {expected !== undefined && <span lang="en">({expected})</span>}
					</span>
				</p>
			)}
		</div>
	);
}

/** What went wrong, said at once. */
export function Faults({ children }: { readonly children: ComponentChildren }) {
	return <div role="alert">{children}</div>;
}

/** A sentence that something is wrong. */
export function Fault({ text }: { readonly text: string }) {
	return (
		<p class="fault">
			<Icon name="alert" />
			<span>{text}</span>
		</p>
	);
}

interface SureProps {
	readonly label: string;
	readonly question: string;
	readonly yes: string;
	readonly no: string;
	readonly onSure: () => void;
}

/** A button that asks once more before it does what can't be undone. */
export function Sure({ label, question, yes, no, onSure }: SureProps) {
	const [asking, setAsking] = useState(false);
	if (!asking) {
		return (
			<button type="button" class="secondary danger" onClick={() => setAsking(true)}>
				{label}
			</button>
		);
	}
	return (
		<div class="sure" role="alert">
			<p>{question}</p>
			<div class="progress-actions">
				<button
					type="button"
					class="small danger"
					onClick={() => {
						setAsking(false);
						onSure();
					}}
				>
					{yes}
				</button>
				<button type="button" class="small" onClick={() => setAsking(false)}>
					{no}
				</button>
			</div>
		</div>
	);
}
