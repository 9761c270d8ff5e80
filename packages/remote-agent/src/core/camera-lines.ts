import type { CameraConfig } from '../config.ts';
import { operationOff } from '../errors.ts';

/** How a live picture is wanted. */
export interface LiveSize {
	readonly width: number;
	readonly height: number;
	/** Frames a second. */
	readonly rate: number;
}

const quiet = ['-nostdin', '-hide_banner', '-loglevel', 'error'];

/** The program that writes one JPEG. */
export function stillLine({ kind, input, still }: CameraConfig, width: number, height: number): string[] {
	if (still !== undefined) return filled(still, { width, height });
	switch (kind) {
		case 'rpicam': {
			const size = ['--width', String(width), '--height', String(height)];
			return ['rpicam-still', '--nopreview', '--timeout', '1000', '--encoding', 'jpg', ...size, '--output', '-'];
		}
		case 'ffmpeg': {
			const scale = `scale=${width}:${height}:force_original_aspect_ratio=decrease`;
			return ['ffmpeg', ...quiet, ...input, '-frames:v', '1', '-vf', scale, '-q:v', '3', '-f', 'mjpeg', '-'];
		}
		case 'command':
			throw operationOff('camera.still', ['camera.live']);
	}
}

/** The program that writes JPEGs one after another. */
export function liveLine({ kind, input, live }: CameraConfig, { width, height, rate }: LiveSize): string[] {
	if (live !== undefined) return filled(live, { width, height, rate });
	if (kind === 'ffmpeg') {
		const filter = `fps=${rate},scale=${width}:${height}:force_original_aspect_ratio=decrease`;
		return ['ffmpeg', ...quiet, ...input, '-vf', filter, '-q:v', '6', '-f', 'mjpeg', '-'];
	}
	const size = ['--width', String(width), '--height', String(height), '--framerate', String(rate)];
	return ['rpicam-vid', '--nopreview', '--timeout', '0', '--codec', 'mjpeg', ...size, '--output', '-'];
}

const filled = (line: readonly string[], values: Readonly<Record<string, number>>): string[] =>
	line.map((part) => part.replaceAll(/\{([a-z]+)\}/g, (whole, name: string) => String(values[name] ?? whole)));
