import { createHash } from "node:crypto";
import { libraryPaths } from "../library-paths.ts";
import { openStore } from "../store/store.ts";
import { openLedger } from "./ledger.ts";

/* Brings conversations in, corrects and removes them as fast as it can, until it is killed. */

const folder = process.argv[2] ?? "";
const clock = { now: () => Date.now() };
const store = openStore(libraryPaths(folder), { clock, version: "0.1.0" });
const ledger = await openLedger({ store, root: folder, secrets: null, passphrase: "", clock });

for (let count = 0; ; count += 1) {
  const sha256 = createHash("sha256").update(`${process.pid} ${count}`).digest("hex");
  const source = { name: "a.wav", sha256, bytes: 5, format: "WAV" };
  const { id } = store.conversations.insert({ kind: "call", channel: "voice", title: "A call", source });
  store.operations.append(id, [{ kind: "swap-roles" }], "Ann");
  if (count % 3 === 0) store.conversations.remove([id]);
  if (count % 10 === 0) ledger.checkpoint();
  if (count === 3) process.send?.("working");
  // Now and then the other side has its turn: the parent's signal may come at any of these moments.
  if (count % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
}
