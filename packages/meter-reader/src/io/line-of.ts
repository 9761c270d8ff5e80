import { simulatorSocket } from '@pilotwire/runtime';
import type { Line } from '../line.ts';
import { type PortFormat, SerialLine } from './serial.ts';
import { SimulatorLine } from './simulator-line.ts';

/** The line that a meter's `source` names: `serial:PATH`, `simulator:` (that of the data folder) or `simulator:PATH`. */
export function lineOf(source: string, format: PortFormat | 'auto', dataDir: string): Line {
	const border = source.indexOf(':');
	const path = source.slice(border + 1);
	if (source.slice(0, border) === 'serial') return new SerialLine(path, format);
	return new SimulatorLine(path === '' ? simulatorSocket(dataDir, 'line') : path);
}
