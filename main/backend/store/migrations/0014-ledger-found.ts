import type { Migration } from "./migration.ts";

/** Finds entries of the ledger by what they are, who made them and when, however many there are. */
export const ledgerFound: Migration = {
  number: 14,
  apply(database) {
    database.exec(`
      CREATE INDEX ledger_by_kind ON ledger (kind, seq);
      CREATE INDEX ledger_by_author ON ledger (author, seq);
      CREATE INDEX ledger_by_time ON ledger (at, seq);
    `);
  },
};
