import { join } from 'node:path';
import type { AgentLog } from '@pilotwire/contract';
import type { ServiceContext } from '@pilotwire/runtime';
import type { RemoteAgentConfig } from '../config.ts';
import type { Feature, FeatureName, Features } from '../core/feature.ts';

/** What the configuration turns on; nothing of the rest is even loaded. `measured`: says a broadcast. */
export async function readFeatures(
	context: ServiceContext,
	{ remoteAgent, dataDir }: RemoteAgentConfig,
	measured: (log: AgentLog) => void,
): Promise<Features> {
	const { clock } = context;
	const { files, commands, camera, sound, television, gpio, broadcasts } = remoteAgent;
	const features = new Map<FeatureName, Feature>();
	if (files !== undefined) {
		const { fileOperations } = await import('./files.ts');
		const can = { files: Object.entries(files.roots).map(([root, { write }]) => ({ root, write })) };
		features.set('files', { can, operations: fileOperations(files.roots) });
	}
	if (commands !== undefined) {
		const { commandFeature } = await import('./commands.ts');
		features.set('commands', commandFeature(commands, clock));
	}
	if (camera !== undefined) {
		const { cameraFeature } = await import('./camera.ts');
		features.set('camera', cameraFeature(context, camera, join(dataDir, 'remote-agent', 'gallery')));
	}
	if (sound !== undefined) {
		const { soundFeature } = await import('./sound.ts');
		features.set('sound', soundFeature(clock, sound, files?.roots ?? {}));
	}
	if (television !== undefined) {
		const { televisionFeature } = await import('./television.ts');
		features.set('television', televisionFeature(television));
	}
	if (gpio !== undefined) {
		const { gpioFeature } = await import('./gpio.ts');
		features.set('gpio', gpioFeature(clock, gpio.pins));
	}
	if (broadcasts !== undefined) {
		const { broadcastFeature } = await import('./broadcasts.ts');
		features.set('broadcasts', broadcastFeature(context, broadcasts, dataDir, measured));
	}
	return features;
}
