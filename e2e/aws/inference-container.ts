import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Earmark's own container, run as a process of this machine. */
export interface InferenceContainer {
  readonly url: string;
  /** Lines of its log. */
  readonly log: readonly string[];
  /** Resolves once `/ping` says that it is well. Rejects when it ends first, or after `withinMs`. */
  ready(withinMs: number): Promise<void>;
  /** Asks it to end as SageMaker does, and answers with its exit code. */
  close(): Promise<number | null>;
}

const script = new URL("../../main/inference-server/start.ts", import.meta.url);

/** Starts `main/inference-server` over a folder of models, with S3 at an address of this machine. */
export async function startInferenceContainer(modelFolder: string, s3Url: string): Promise<InferenceContainer> {
  const child: ChildProcess = spawn(process.execPath, [fileURLToPath(script)], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      PATH: process.env["PATH"],
      TMPDIR: process.env["TMPDIR"],
      EARMARK_FFMPEG: process.env["EARMARK_FFMPEG"],
      SM_MODEL_DIR: modelFolder,
      SAGEMAKER_BIND_TO_PORT: "0",
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
      AWS_SECRET_ACCESS_KEY: "container-role",
      AWS_ENDPOINT_URL_S3: s3Url,
    },
  });
  const log: string[] = [];
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const port = await new Promise<number>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`The container ended with ${code}.`)));
    if (child.stdout === null) return;
    createInterface(child.stdout).on("line", (line) => {
      log.push(line);
      const listening = /"listening":(\d+)/u.exec(line)?.[1];
      if (listening !== undefined) resolve(Number(listening));
    });
  });
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    log,
    async ready(withinMs) {
      const until = Date.now() + withinMs;
      for (;;) {
        const answer = await fetch(`${url}/ping`);
        const text = await answer.text();
        if (answer.ok) return;
        if (Date.now() > until) throw new Error(`The container is not well: ${text}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    close() {
      child.kill("SIGTERM");
      return exited;
    },
  };
}
