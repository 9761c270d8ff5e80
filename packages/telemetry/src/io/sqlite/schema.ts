/** Columns of an hour, a day or a span, as they are in every version that has them: never another set. */
const figures = `min REAL NOT NULL, max REAL NOT NULL, sum REAL NOT NULL, count INTEGER NOT NULL,
		first REAL NOT NULL, last REAL NOT NULL, first_after INTEGER NOT NULL, last_after INTEGER NOT NULL, rise REAL NOT NULL`;

/**
 * The schema, oldest first. Since version 2 the points of a series lie in blocks of an hour (texts: a day), packed; a
 * series is written once and named by a number; a block's, or an hour's, key is made of both ({@link blockId}).
 */
export const migrations = [
	`CREATE TABLE series (
		id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, tags TEXT NOT NULL, UNIQUE (name, tags, kind)
	) STRICT;
	CREATE TABLE raw_number (
		series INTEGER NOT NULL, at INTEGER NOT NULL, value REAL NOT NULL, PRIMARY KEY (series, at)
	) STRICT, WITHOUT ROWID;
	CREATE TABLE raw_text (
		series INTEGER NOT NULL, at INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (series, at)
	) STRICT, WITHOUT ROWID`,
	// Hours from 1970 on: before raw_from there are no points any more, before minutes_from no minutes.
	`ALTER TABLE series ADD COLUMN raw_from INTEGER NOT NULL DEFAULT 0;
	ALTER TABLE series ADD COLUMN minutes_from INTEGER NOT NULL DEFAULT 0;
	CREATE TABLE points (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
	CREATE TABLE texts (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
	CREATE TABLE minutes (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
	CREATE TABLE hours (
		id INTEGER PRIMARY KEY, ${figures}
	) STRICT`,
	// Days follow from the hours: one whose hours change is gone at once, and is due to be summed anew. 2097152: BLOCKS.
	`CREATE TABLE days (
		id INTEGER PRIMARY KEY, ${figures},
		gap INTEGER NOT NULL
	) STRICT;
	CREATE TABLE due_days (id INTEGER PRIMARY KEY) STRICT;
	CREATE TRIGGER hour_put AFTER INSERT ON hours BEGIN
		DELETE FROM days WHERE id = NEW.id - NEW.id % 2097152 + NEW.id % 2097152 / 24;
		INSERT OR IGNORE INTO due_days VALUES (NEW.id - NEW.id % 2097152 + NEW.id % 2097152 / 24);
	END;
	CREATE TRIGGER hour_gone AFTER DELETE ON hours BEGIN
		DELETE FROM days WHERE id = OLD.id - OLD.id % 2097152 + OLD.id % 2097152 / 24;
		INSERT OR IGNORE INTO due_days VALUES (OLD.id - OLD.id % 2097152 + OLD.id % 2097152 / 24);
	END;
	INSERT OR IGNORE INTO due_days SELECT id - id % 2097152 + id % 2097152 / 24 FROM hours`,
	// What the parts of a counter's day are, cut where the house's own day begins; and where texts became other ones. Of
	// a day without changes only that it was one and the same text matters: a year of them is not unpacked.
	`CREATE TABLE day_parts (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
	CREATE TABLE changes (
		id INTEGER PRIMARY KEY, first TEXT NOT NULL, last TEXT NOT NULL, count INTEGER NOT NULL, data BLOB NOT NULL
	) STRICT;
	CREATE TRIGGER day_gone AFTER DELETE ON days BEGIN DELETE FROM day_parts WHERE id = OLD.id; END;
	CREATE TRIGGER text_gone AFTER DELETE ON texts BEGIN DELETE FROM changes WHERE id = OLD.id; END;
	INSERT OR IGNORE INTO due_days SELECT id FROM days`,
	// Sixteen days of a counter that was heard all the time, and the parts of each: a year is some twenty of them. They
	// follow from the days as these do from the hours.
	`CREATE TABLE spans (
		id INTEGER PRIMARY KEY, ${figures},
		data BLOB NOT NULL
	) STRICT;
	CREATE TABLE due_spans (id INTEGER PRIMARY KEY) STRICT;
	CREATE TRIGGER day_put AFTER INSERT ON days BEGIN
		DELETE FROM spans WHERE id = NEW.id - NEW.id % 2097152 + NEW.id % 2097152 / 16;
		INSERT OR IGNORE INTO due_spans VALUES (NEW.id - NEW.id % 2097152 + NEW.id % 2097152 / 16);
	END;
	CREATE TRIGGER span_gone AFTER DELETE ON days BEGIN
		DELETE FROM spans WHERE id = OLD.id - OLD.id % 2097152 + OLD.id % 2097152 / 16;
	END;
	INSERT OR IGNORE INTO due_spans SELECT id - id % 2097152 + id % 2097152 / 16 FROM days`,
];

/** Hours from 1970 to the latest moment a point may have are fewer. */
export const BLOCKS = 2 ** 21;

/** The key of a block or an hour: those of a series lie together, in order. `block`: hours (texts: days) since 1970. */
export function blockId(series: number, block: number): number {
	return series * BLOCKS + block;
}

/** Which block of its series a key means. */
export function blockOf(id: number): number {
	return id % BLOCKS;
}
