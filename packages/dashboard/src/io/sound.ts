// The browser's loudspeaker and microphone.

/** What an agent's live sound is: samples of 16 bits, one channel. */
const RATE = 16_000;
/** Sound begins this late, so that what is late by a little is no gap. Seconds. */
const AHEAD_S = 0.25;
/** Sound that has come so much too early is left out: what is heard is live. Seconds. */
const MOST_AHEAD_S = 1;

/** Plays samples as they come. */
export class Listening {
	readonly #context = new AudioContext();
	#nextS = 0;

	play(bytes: Uint8Array): void {
		const samples = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
		const count = Math.floor(bytes.length / 2);
		if (count === 0) return;
		const { currentTime } = this.#context;
		if (this.#nextS > currentTime + MOST_AHEAD_S) return;
		const buffer = this.#context.createBuffer(1, count, RATE);
		const channel = buffer.getChannelData(0);
		for (let index = 0; index < count; index += 1) channel[index] = samples.getInt16(index * 2, true) / 32_768;
		const source = this.#context.createBufferSource();
		source.buffer = buffer;
		source.connect(this.#context.destination);
		if (this.#nextS < currentTime) this.#nextS = currentTime + AHEAD_S;
		source.start(this.#nextS);
		this.#nextS += buffer.duration;
	}

	end(): void {
		if (this.#context.state !== 'closed') void this.#context.close();
	}
}

/** Records from the microphone until its `end`, which gives the recording. Rejects where nobody lets it. */
export async function speechOf(): Promise<{ readonly end: () => Promise<Blob> }> {
	const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
	const recorder = new MediaRecorder(stream);
	const pieces: Blob[] = [];
	recorder.addEventListener('dataavailable', ({ data }) => pieces.push(data));
	const stopped = new Promise<void>((resolve) => recorder.addEventListener('stop', () => resolve(), { once: true }));
	recorder.start();
	return {
		end: async () => {
			if (recorder.state !== 'inactive') recorder.stop();
			await stopped;
			for (const track of stream.getTracks()) track.stop();
			return new Blob(pieces, { type: recorder.mimeType });
		},
	};
}
