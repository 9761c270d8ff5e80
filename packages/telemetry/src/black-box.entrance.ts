/** The black box's files, for whoever reads one while telemetry runs elsewhere. */
export type { BoxEntry, LineEntry, MessageEntry, SaveCause } from './black-box/entry.ts';
export { entriesOf } from './black-box/read.ts';
export { causeOf, saveBox } from './black-box/saved-boxes.ts';
export { bootId } from './io/boot-id.ts';
export { DiskBoxFolder } from './io/box-folder.ts';
