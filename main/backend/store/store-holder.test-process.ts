import { libraryPaths } from "../library-paths.ts";
import { openStore } from "./store.ts";

/* A process that opens a library, puts something in, and holds it until it is killed. */

const store = openStore(libraryPaths(process.argv[2] ?? ""), { clock: Date, version: "0.1.0" });
store.conversations.insert({
  kind: "call",
  channel: "voice",
  title: "Held",
  source: { name: "held.wav", sha256: "held", bytes: 1, format: "WAV" },
});
process.send?.("open");
setInterval(() => undefined, 60_000);
