import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { answer } from "../../app/contract/transport.ts";
import { createHandlers, type HandlerWorld } from "./handlers.ts";

/** Handlers over a store whose every change of a conversation ends in an error of SQLite's. */
function handlersWith(code: string, signal = new AbortController().signal) {
  const conversations = {
    rename() {
      throw new Database.SqliteError("SQLite says no", code);
    },
  };
  return createHandlers({ store: { conversations }, signal } as unknown as HandlerWorld);
}

describe("every handler", () => {
  it.each([
    ["SQLITE_FULL", "disk-full"],
    ["SQLITE_IOERR_WRITE", "library-unwritable"],
    ["SQLITE_READONLY", "library-unwritable"],
    ["SQLITE_CORRUPT_VTAB", "library-corrupt"],
    ["SQLITE_BUSY", "library-locked"],
  ])("gives %s a code with words: %s", async (sqlite, code) => {
    const reply = await answer(handlersWith(sqlite), "conversation.rename", { id: "a", title: "b" });
    expect(reply).toMatchObject({ ok: false, error: { code } });
  });

  it("refuses once Earmark is closing", async () => {
    const reply = await answer(handlersWith("SQLITE_FULL", AbortSignal.abort()), "conversation.rename", { id: "a", title: "b" });
    expect(reply).toMatchObject({ ok: false, error: { code: "cancelled" } });
  });
});
