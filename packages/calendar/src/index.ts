export { Calendar, type CalendarUnit, type LocalTime, type Span } from './calendar.ts';
export { addDays, dayNumberOf, type Weekday, weekdayOf } from './dates.ts';
