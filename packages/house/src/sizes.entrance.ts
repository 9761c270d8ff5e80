/** The sizes of subscription, without the houses that are tried on them. */
export { SIZES_KVA } from './twin/sizes.ts';
