import { createReadStream } from "node:fs";
import { appendFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { z } from "zod";
import { parseJson } from "../../store/stored-json.ts";
import type { EgressRecord, RecordEgress } from "./egress.ts";

/**
 * Keeps egress records in a file, one JSON object a line, each on the disk before the thing itself is sent. Records come
 * whole and in order however many are kept at once.
 */
export function createEgressFile(path: string): RecordEgress {
  let last: Promise<void> = Promise.resolve();
  return (record) => {
    const kept = last.catch(() => undefined).then(() => appendFile(path, `${JSON.stringify(record)}\n`, { flush: true }));
    last = kept;
    return kept;
  };
}

const recordSchema: z.ZodType<EgressRecord> = z.object({
  at: z.iso.datetime(),
  service: z.enum(["s3", "sagemaker-runtime", "sts", "comprehend", "bedrock-runtime", "writer-endpoint"]),
  operation: z.enum([
    "PutObject",
    "DeleteObject",
    "ListObjectsV2",
    "InvokeEndpoint",
    "InvokeEndpointAsync",
    "GetCallerIdentity",
    "BatchDetectSentiment",
    "BatchDetectEntities",
    "DetectEntities",
    "Converse",
    "ConverseStream",
    "ChatCompletions",
  ]),
  region: z.string().nullable(),
  destination: z.string(),
  fields: z.array(z.string()).optional(),
  bytes: z.number().min(0),
  sha256: z.string().nullable(),
  conversationId: z.string().nullable(),
});

/** Records kept of one conversation, in order. Empty where nothing was; a line that a power cut left half is passed over. */
export async function readEgress(path: string, conversationId: string): Promise<EgressRecord[]> {
  const found: EgressRecord[] = [];
  const file = createReadStream(path, "utf8");
  try {
    for await (const line of createInterface({ input: file, crlfDelay: Number.POSITIVE_INFINITY })) {
      // Most lines are of other conversations: they are not worth parsing.
      if (!line.includes(conversationId)) continue;
      const record = recordSchema.safeParse(parseJson(line));
      if (record.success && record.data.conversationId === conversationId) found.push(record.data);
    }
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return [];
    throw thrown;
  } finally {
    file.destroy();
  }
  return found;
}
