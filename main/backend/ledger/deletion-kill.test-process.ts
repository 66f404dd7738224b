import { join } from "node:path";
import { openBackend } from "../backend.ts";
import { forkProcess } from "../speech/start-process.ts";

/*
 * A whole Earmark whose power fails while it deletes: `node deletion-kill.test-process.ts LIBRARY FILE...` brings the files in and
 * deletes what came of them, and ends as soon as the rows are gone and the files are not.
 */

const [library = "", ...files] = process.argv.slice(2);
const backend = await openBackend({
  libraryPath: library,
  modelFolders: [],
  resourcesPath: join(library, "none"),
  version: "0.0.0-test",
  startProcess: forkProcess,
});
const { results } = await backend.handlers["import.begin"]({ sources: files.map((path) => ({ kind: "path" as const, path })) });
const ids = results.flatMap(({ conversationId }) => conversationId ?? []);
backend.subscribe(({ name, payload }) => {
  if (name !== "conversation.changed") return;
  // Told between the two: the first that is not there any more has lost its rows, and no file is gone yet.
  backend.handlers["conversation.get"](payload as { id: string }).catch(() => process.kill(process.pid, "SIGKILL"));
});
await backend.handlers["conversation.delete"]({ ids });
