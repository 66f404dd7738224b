import type { ComprehendClient } from "@aws-sdk/client-comprehend";
import { awsClientSettings } from "../speech/sagemaker/aws-clients.ts";

/** How Comprehend is reached. */
export interface ComprehendConnection {
  readonly profile: string | null;
  readonly region: string | null;
  /** Another address than AWS's own; null for AWS's. */
  readonly url: string | null;
}

/** Comprehend's client with the commands that are used. */
export interface Comprehend {
  readonly client: ComprehendClient;
  readonly commands: Pick<
    typeof import("@aws-sdk/client-comprehend"),
    "BatchDetectSentimentCommand" | "BatchDetectEntitiesCommand" | "DetectEntitiesCommand"
  >;
}

/** How long an answer may take, in milliseconds. */
const answerMs = 30_000;

/** Opens a client. The SDK is loaded only now: who reads on this machine alone has no use for it. */
export async function openComprehend({ profile, region, url }: ComprehendConnection, patienceMs = answerMs): Promise<Comprehend> {
  const [commands, settings] = await Promise.all([
    import("@aws-sdk/client-comprehend"),
    awsClientSettings({ profile, region }, patienceMs),
  ]);
  return { client: new commands.ComprehendClient({ ...settings, ...(url === null ? {} : { endpoint: url }) }), commands };
}
