import type Database from "better-sqlite3";

/** One step from a released schema to the next. Once released it is never edited: a mistake is mended by the step after it. */
export interface Migration {
  /** The schema's number afterwards: 1, 2, 3, without gaps. */
  readonly number: number;
  /** Runs inside the one transaction of all pending steps. Uses SQL alone, so that it does the same for ever. */
  apply(database: Database.Database): void;
}
