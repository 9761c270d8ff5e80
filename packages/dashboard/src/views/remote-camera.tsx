// A machine's camera: a picture now, pictures as they come while somebody looks, and those that were kept.
import { useEffect, useRef, useState } from 'preact/hooks';
import { agent, ask, fetchBytes } from '../app/remote.ts';
import { format, now, t } from '../app/store.ts';
import { takenAt } from '../core/remote.ts';
import { saveFile } from '../io/save-file.ts';
import { SelectField } from './forms.tsx';
import { Icon } from './icons.tsx';
import { FaultText, Outcome, useDoing, useStream } from './remote-parts.tsx';

const WIDTHS = ['320', '640', '1280', '1920'];
const RATES = ['1', '2', '5', '10', '15'];
/** The height of a picture of this width. */
const heightOf = (width: number): number => Math.round((width * 9) / 16);
const choices = (values: readonly string[]) => values.map((value) => [value, value] as const);

export function CameraPart() {
	const can = agent.value?.state?.can.camera;
	const [width, setWidth] = useState('640');
	const [rate, setRate] = useState('5');
	const [last, setLast] = useState<{ readonly blob: Blob; readonly name: string }>();
	const canvas = useRef<HTMLCanvasElement>(null);
	const taking = useDoing();
	const live = useStream();
	const size = { width: Number(width), height: heightOf(Number(width)) };

	const draw = async (blob: Blob): Promise<void> => {
		const picture = await createImageBitmap(blob);
		const place = canvas.current;
		if (place !== null) {
			[place.width, place.height] = [picture.width, picture.height];
			place.getContext('2d')?.drawImage(picture, 0, 0);
		}
		picture.close();
	};
	const show = (op: string, params: Record<string, unknown>, name: string): void =>
		taking.run(async () => {
			const blob = await fetchBytes(op, params, 'image/jpeg');
			await draw(blob);
			setLast({ blob, name });
		});
	const look = (): void => {
		let [frame, whole, at] = [-1, new Uint8Array(0), 0];
		live.start(() =>
			ask('camera.live', {
				live: true,
				params: { ...size, rate: Number(rate) },
				onBytes: async (bytes, facts) => {
					if (facts['frame'] !== frame)
						[frame, whole, at] = [Number(facts['frame']), new Uint8Array(Number(facts['of'])), 0];
					// A piece was left out: this picture is not shown.
					if (facts['at'] !== at || at + bytes.length > whole.length) return;
					whole.set(bytes, at);
					at += bytes.length;
					if (at === whole.length) await draw(new Blob([whole])).catch(() => undefined);
				},
			}),
		);
	};
	return (
		<section class="card" aria-labelledby="camera-title">
			<h2 id="camera-title">{t.value('remote.camera')}</h2>
			<canvas
				ref={canvas}
				class="remote-picture"
				role="img"
				aria-label={t.value('remote.camera.picture')}
				width={640}
				height={360}
			/>
			<div class="remote-tools">
				<SelectField
					label={t.value('remote.camera.size')}
					value={width}
					choices={choices(WIDTHS)}
					onChoose={setWidth}
				/>
				{can?.live === true && (
					<SelectField label={t.value('remote.camera.rate')} value={rate} choices={choices(RATES)} onChoose={setRate} />
				)}
			</div>
			<div class="remote-tools">
				<button
					type="button"
					class="secondary"
					onClick={() =>
						show('camera.still', size, `${new Date(now.value).toISOString().slice(0, 19).replaceAll(':', '')}.jpg`)
					}
				>
					{t.value('remote.camera.still')}
				</button>
				{can?.live === true && (
					<button type="button" class="secondary with-icon" onClick={live.runs ? live.stop : look}>
						<Icon name={live.runs ? 'stop' : 'play'} />
						{t.value(live.runs ? 'remote.stop' : 'remote.camera.live')}
					</button>
				)}
				{last !== undefined && (
					<button type="button" class="small with-icon" onClick={() => saveFile(last.blob, last.name)}>
						<Icon name="download" />
						{t.value('remote.camera.save')}
					</button>
				)}
			</div>
			<Outcome of={taking} />
			{live.fault !== undefined && <FaultText fault={live.fault} />}
			{can?.gallery !== undefined && <Gallery onPick={(name) => show('camera.picture', { name }, name)} />}
		</section>
	);
}

function Gallery({ onPick }: { readonly onPick: (name: string) => void }) {
	const [pictures, setPictures] = useState<readonly { readonly name: string }[]>([]);
	const [more, setMore] = useState(false);
	const doing = useDoing();
	const page = (): void =>
		doing.run(async () => {
			const before = pictures.at(-1)?.name;
			const params = before === undefined ? {} : { before };
			const found = (await ask('camera.gallery', { params }).ended) as unknown as {
				readonly pictures: readonly { readonly name: string }[];
				readonly more: boolean;
			};
			setPictures([...pictures, ...found.pictures]);
			setMore(found.more);
		});
	useEffect(page, []);
	return (
		<section aria-labelledby="gallery-title">
			<h3 id="gallery-title">{t.value('remote.camera.gallery')}</h3>
			<ul class="remote-gallery">
				{pictures.map(({ name }) => (
					<li key={name}>
						<button type="button" class="small" onClick={() => onPick(name)}>
							{format.value.moment(takenAt(name), now.value)}
						</button>
					</li>
				))}
			</ul>
			{more && (
				<button type="button" class="small" onClick={page}>
					{t.value('remote.camera.older')}
				</button>
			)}
			{typeof doing.state === 'object' && <FaultText fault={doing.state} />}
		</section>
	);
}
