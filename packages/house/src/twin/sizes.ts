/** Sizes on sale in France, kVA. */
export const SIZES_KVA = [3, 6, 9, 12, 15, 18, 24, 30, 36] as const;
