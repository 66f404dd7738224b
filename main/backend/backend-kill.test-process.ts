import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { openBackend } from "./backend.ts";
import { forkProcess } from "./speech/start-process.ts";

/*
 * A whole Earmark that ends itself as a power cut would, in the middle of a stage:
 * `node backend-kill.test-process.ts LIBRARY FILE STAGE|-`. With `-` it runs to the end and prints the job as JSON.
 */

const [library = "", file = "", killIn = "-"] = process.argv.slice(2);
const backend = await openBackend({
  libraryPath: library,
  modelFolders: [],
  resourcesPath: join(library, "none"),
  version: "0.0.0-test",
  startProcess: forkProcess,
});

// What the last process left, before this one goes on with it.
const found = await backend.handlers["queue.list"]({ limit: 10 });
appendFileSync(
  `${library}.log`,
  `${JSON.stringify(found.jobs.flatMap((job) => job.stages.map((stage) => [stage.name, stage.state, stage.attempt])))}\n`,
);

const ended = new Promise<void>((resolve) => {
  backend.subscribe((message) => {
    if (message.name !== "job.changed") return;
    const { job } = message.payload as { job: { state: string; stages: { name: string; state: string }[] } };
    // Quick stages may be over before their start is told: then it is right behind their commit that the power goes.
    if (job.stages.some((stage) => stage.name === killIn && stage.state !== "waiting")) process.kill(process.pid, "SIGKILL");
    if (["done", "failed", "cancelled"].includes(job.state)) resolve();
  });
});
await backend.handlers["import.begin"]({ sources: [{ kind: "path", path: file }] });
const { jobs } = await backend.handlers["queue.list"]({ limit: 10 });
if (!jobs.every((job) => job.state === "done")) await ended;
const after = await backend.handlers["queue.list"]({ limit: 10 });
const list = await backend.handlers["library.list"]({
  text: "",
  sortBy: "importedAt",
  direction: "descending",
  offset: 0,
  limit: 10,
});
await backend.close();
process.stdout.write(JSON.stringify({ jobs: after.jobs, rows: list.rows }));
