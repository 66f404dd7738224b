import type Database from "better-sqlite3";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { firstLibrary } from "./migrations/0001-first-library.ts";
import { editing } from "./migrations/0002-editing.ts";
import { voices } from "./migrations/0003-voices.ts";
import { library } from "./migrations/0004-library.ts";
import { categories } from "./migrations/0005-categories.ts";
import { ledger } from "./migrations/0006-ledger.ts";
import { sealedOriginals } from "./migrations/0007-sealed-originals.ts";
import { libraryFigures } from "./migrations/0009-library-figures.ts";
import { conformity } from "./migrations/0010-conformity.ts";
import { scoreColumns } from "./migrations/0011-score-columns.ts";
import { writings } from "./migrations/0012-writings.ts";
import { questions } from "./migrations/0013-questions.ts";
import { ledgerFound } from "./migrations/0014-ledger-found.ts";
import { importReports } from "./migrations/0015-import-reports.ts";
import { intake } from "./migrations/0016-intake.ts";
import { journeys } from "./migrations/0017-journeys.ts";
import type { Migration } from "./migrations/migration.ts";

/** Every step there is, in order. */
export const migrations: readonly Migration[] = [
  firstLibrary,
  editing,
  voices,
  library,
  categories,
  ledger,
  sealedOriginals,
  libraryFigures,
  conformity,
  scoreColumns,
  writings,
  questions,
  ledgerFound,
  importReports,
  intake,
  journeys,
];

/** The number of the schema that these steps end with. */
export function newestSchema(steps: readonly Migration[]): number {
  return steps.at(-1)?.number ?? 0;
}

/** The number of the schema in a file; 0 for an empty one. */
export function schemaNumber(database: Database.Database): number {
  return Number(database.pragma("user_version", { simple: true }));
}

/**
 * Brings a file to the newest schema: all pending steps in one transaction, so that a failure leaves the file as it
 * was. Foreign keys are checked once at the end, because a step may have to rebuild a table that others point at.
 *
 * @throws EarmarkError `internal` when the file would end with rows that point nowhere.
 */
export function migrate(database: Database.Database, steps: readonly Migration[]): void {
  const from = schemaNumber(database);
  const pending = steps.filter((step) => step.number > from);
  if (pending.length === 0) return;
  database.pragma("foreign_keys = OFF");
  try {
    database
      .transaction(() => {
        for (const step of pending) {
          step.apply(database);
          database.pragma(`user_version = ${step.number}`);
        }
        const astray = database.pragma("foreign_key_check") as unknown[];
        if (astray.length > 0)
          throw new EarmarkError("internal", "A migration left rows that point nowhere.", { rows: astray.length });
      })
      .immediate();
  } finally {
    database.pragma("foreign_keys = ON");
  }
}
