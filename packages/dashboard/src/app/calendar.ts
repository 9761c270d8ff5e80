// The calendar of the house's time zone; it comes with the screens that count days.
import { Calendar } from '@pilotwire/calendar';
import { computed } from '@preact/signals';
import { zone } from './store.ts';

export const calendar = computed(() => new Calendar(zone.value));
