import { join } from "node:path";
import { settingsSchema } from "../../../../app/contract/views.ts";
import { openBackend } from "../../backend.ts";
import { forkProcess } from "../start-process.ts";

/*
 * A whole Earmark that hears behind SageMaker: `node offload-kill.test-process.ts LIBRARY FILE RUNTIME-URL S3-URL`. It runs
 * until the job has ended, unless whoever started it ends it before; then it prints the job as JSON.
 */

const [library = "", file = "", runtimeUrl = "", s3Url = ""] = process.argv.slice(2);
const backend = await openBackend({
  libraryPath: library,
  modelFolders: [],
  resourcesPath: join(library, "none"),
  version: "0.0.0-test",
  startProcess: forkProcess,
});
const { offload } = settingsSchema.parse({
  offload: { use: "sagemaker", endpoint: "earmark", bucket: "calls", region: "eu-central-1", runtimeUrl, s3Url },
});
await backend.handlers["settings.set"]({ offload });
await backend.handlers["import.begin"]({ sources: [{ kind: "path", path: file }] });
for (;;) {
  const { jobs } = await backend.handlers["queue.list"]({ limit: 1 });
  const [job] = jobs;
  if (job?.endedAt !== null && job !== undefined) {
    const { conversation } = await backend.handlers["conversation.get"]({ id: job.conversationId });
    const { records } = await backend.handlers["conversation.egress"]({ id: job.conversationId });
    await backend.close();
    process.stdout.write(JSON.stringify({ job, texts: conversation.turns.map(({ text }) => text), records }));
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
}
