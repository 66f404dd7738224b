import type { S3Double } from "./s3-double.ts";
import type { Container } from "./sagemaker-double.ts";

/* The two containers of AWS's conversation-intelligence sample, as they answer on the wire; what they hear is told beforehand. */

function parametersOf(body: Buffer): Record<string, string> {
  return JSON.parse(body.toString("utf8")) as Record<string, string>;
}

/** The diarization container: text/plain lines for the WAV that its parameter object names. */
export function diarizationContainer(s3: S3Double, lines: (wav: Buffer) => readonly string[]): Container {
  return async (body) => {
    const { input_location: input = "", task } = parametersOf(body);
    const wav = s3.objects.get(input.replace("s3://", ""));
    if (task === undefined || wav === undefined) return { status: 500, body: Buffer.from("Internal Server Error") };
    return { status: 200, body: Buffer.from(lines(wav).join("\n")) };
  };
}

/**
 * The transcription container: lists the chunk folder once, writes a text for each chunk into the output folder, and
 * answers `OK`. The text begins with a space, as Whisper's does.
 */
export function transcriptionContainer(s3: S3Double, say: (task: string, wav: Buffer, name: string) => string): Container {
  return async (body) => {
    const { input_location: input = "", output_location: output = "", task = "" } = parametersOf(body);
    const ending = { transcribe: "original", translate: "translated" }[task];
    if (ending === undefined) return { status: 500, body: Buffer.from("Internal Server Error") };
    const prefix = input.replace("s3://", "");
    const listed = [...s3.objects.keys()].filter((key) => key.startsWith(prefix)).toSorted();
    for (const key of listed.slice(0, 1_000)) {
      const name = key.slice(prefix.length).replace(/\.wav$/u, "");
      const wav = s3.objects.get(key) ?? Buffer.alloc(0);
      s3.objects.set(`${output.replace("s3://", "")}${name}.${ending}.txt`, Buffer.from(` ${say(task, wav, name)}`));
    }
    return { status: 200, body: Buffer.from("OK") };
  };
}
