import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startInferenceContainer } from "../../e2e/aws/inference-container.ts";

/* The program as SageMaker runs it; with models it runs in the port tests of the speech engines. */

it("is not well without models, says why, and ends in order when it is asked to", async () => {
  const folder = await mkdtemp(join(tmpdir(), "earmark-container-"));
  const container = await startInferenceContainer(folder, "http://127.0.0.1:9");
  try {
    await expect
      .poll(async () => (await fetch(`${container.url}/ping`)).json(), { timeout: 10_000 })
      .toMatchObject({ ready: false, reason: expect.stringContaining("model-missing"), models: [] });
    expect((await fetch(`${container.url}/ping`)).status).toBe(503);
  } finally {
    expect(await container.close()).toBe(0);
    await rm(folder, { recursive: true, force: true });
  }
});
