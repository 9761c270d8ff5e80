import { type ServiceContext, simulatorSocket } from '@pilotwire/runtime';
import type { MeterSettings } from '../config.ts';
import type { Line } from '../line.ts';
import { parseSource, sourceForms } from '../source.ts';
import { FileLine } from './file-line.ts';
import { RecordedLine } from './recorded-line.ts';
import { SerialLine } from './serial.ts';
import { SimulatorLine } from './simulator-line.ts';
import { TcpLine } from './tcp-line.ts';

/** What a line needs besides its settings. */
export interface LineContext extends Pick<ServiceContext, 'clock' | 'guard' | 'log'> {
	readonly dataDir: string;
}

/** The line of a meter: the one that its `source` names, recorded where `record` says so. */
export function lineOf(settings: MeterSettings, context: LineContext): Line {
	const line = plainLine(settings, context);
	return settings.record === undefined ? line : new RecordedLine(line, settings.record, context.log);
}

function plainLine({ source, format, mode }: MeterSettings, context: LineContext): Line {
	const named = parseSource(source);
	if (named === undefined) throw new RangeError(`expected ${sourceForms}, got ${source}`);
	switch (named.kind) {
		case 'serial':
			return new SerialLine(named.path, format);
		case 'tcp':
			return new TcpLine(named.host, named.port);
		case 'file':
			return new FileLine(context, { ...named, mode });
		case 'simulator':
			return new SimulatorLine(named.path === '' ? simulatorSocket(context.dataDir, 'line') : named.path);
	}
}
