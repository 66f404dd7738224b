import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { awsClientSettings } from "../speech/sagemaker/aws-clients.ts";

/** How Bedrock is reached. */
export interface BedrockConnection {
  readonly profile: string | null;
  readonly region: string | null;
  /** Another address than AWS's own; null for AWS's. */
  readonly url: string | null;
}

/** Bedrock's client with the commands that are used. */
export interface Bedrock {
  readonly client: BedrockRuntimeClient;
  readonly commands: Pick<typeof import("@aws-sdk/client-bedrock-runtime"), "ConverseCommand" | "ConverseStreamCommand">;
}

/** How long nothing may come of an answer, in milliseconds: a long one that is not streamed comes all at once. */
const answerMs = 300_000;

/** Opens a client. The SDK is loaded only now: who has no writer has no use for it. */
export async function openBedrock({ profile, region, url }: BedrockConnection, patienceMs = answerMs): Promise<Bedrock> {
  const [commands, { NodeHttpHandler }, { requestHandler, ...settings }] = await Promise.all([
    import("@aws-sdk/client-bedrock-runtime"),
    import("@smithy/node-http-handler"),
    awsClientSettings({ profile, region }, patienceMs),
  ]);
  const client = new commands.BedrockRuntimeClient({
    ...settings,
    ...(url === null ? {} : { endpoint: url }),
    // Of itself this client speaks HTTP/2 alone, which passes no ordinary proxy.
    requestHandler: new NodeHttpHandler(requestHandler),
  });
  return { client, commands };
}
