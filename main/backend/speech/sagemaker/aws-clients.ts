import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";

/** Keys of an account, for a time. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** How AWS is reached. */
export interface AwsConnection {
  /** A profile of AWS's own configuration files; null takes what the surroundings offer, in AWS's usual order. */
  readonly profile: string | null;
  /** Null takes the profile's. */
  readonly region: string | null;
  /** Another address than AWS's own, such as a private one; null for AWS's. */
  readonly runtimeUrl: string | null;
  readonly s3Url: string | null;
  /** Keys to use instead of a profile. Never stored by Earmark. */
  readonly credentials?: () => Promise<AwsCredentials>;
}

/** The clients of one connection. */
export interface AwsClients {
  readonly s3: S3Client;
  readonly runtime: SageMakerRuntimeClient;
  readonly commands: Pick<
    typeof import("@aws-sdk/client-s3"),
    | "PutObjectCommand"
    | "GetObjectCommand"
    | "DeleteObjectCommand"
    | "ListObjectsV2Command"
    | "CreateMultipartUploadCommand"
    | "UploadPartCommand"
    | "CompleteMultipartUploadCommand"
    | "AbortMultipartUploadCommand"
  > &
    Pick<typeof import("@aws-sdk/client-sagemaker-runtime"), "InvokeEndpointCommand" | "InvokeEndpointAsyncCommand">;
  /** Who the credentials belong to. Its client is opened for the one call: only a trial asks. */
  identity(signal: AbortSignal): Promise<{ readonly Account?: string | undefined; readonly Arn?: string | undefined }>;
  close(): void;
}

const silently = (): void => undefined;
/** The SDK warns on the console of what Earmark handles. */
const silent = { trace: silently, debug: silently, info: silently, warn: silently, error: silently };

const connectMs = 10_000;
/** A real-time endpoint answers within 60 s or not at all; the rest is the way there and back. */
const answerMs = 75_000;

/** What every client of AWS is opened with: credentials, region, proxy, patience. `answerTimeMs`: how long an answer may take. */
export async function awsClientSettings(
  connection: Pick<AwsConnection, "profile" | "region" | "credentials">,
  answerTimeMs = answerMs,
) {
  const providers = connection.credentials === undefined ? await import("@aws-sdk/credential-providers") : null;
  const region = connection.region === null ? {} : { region: connection.region };
  const profile = connection.profile === null ? {} : { profile: connection.profile };
  const credentials = connection.credentials ?? providers?.fromNodeProviderChain({ ...profile });
  const agents = {
    httpAgent: new HttpAgent({ keepAlive: true, proxyEnv: process.env }),
    httpsAgent: new HttpsAgent({ keepAlive: true, proxyEnv: process.env }),
  };
  return {
    ...region,
    ...profile,
    ...(credentials === undefined ? {} : { credentials }),
    // Earmark tries again itself, because it has to stop at once when somebody cancels.
    maxAttempts: 1,
    logger: silent,
    // Without the last of these the SDK only warns, and waits on.
    requestHandler: { ...agents, connectionTimeout: connectMs, requestTimeout: answerTimeMs, throwOnRequestTimeout: true },
  };
}

/** Opens clients. The SDK is loaded only now: who hears on this machine alone has no use for it. */
export async function openAwsClients(connection: AwsConnection): Promise<AwsClients> {
  const [s3, runtime, all] = await Promise.all([
    import("@aws-sdk/client-s3"),
    import("@aws-sdk/client-sagemaker-runtime"),
    awsClientSettings(connection),
  ]);
  const clients = {
    s3: new s3.S3Client({
      ...all,
      ...(connection.s3Url === null ? {} : { endpoint: connection.s3Url, forcePathStyle: true }),
      // Objects carry a SHA-256 of their own, which S3 checks; a second sum would need a chunked body.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
    }),
    runtime: new runtime.SageMakerRuntimeClient({
      ...all,
      ...(connection.runtimeUrl === null ? {} : { endpoint: connection.runtimeUrl }),
    }),
  };
  return {
    ...clients,
    commands: {
      PutObjectCommand: s3.PutObjectCommand,
      GetObjectCommand: s3.GetObjectCommand,
      DeleteObjectCommand: s3.DeleteObjectCommand,
      ListObjectsV2Command: s3.ListObjectsV2Command,
      CreateMultipartUploadCommand: s3.CreateMultipartUploadCommand,
      UploadPartCommand: s3.UploadPartCommand,
      CompleteMultipartUploadCommand: s3.CompleteMultipartUploadCommand,
      AbortMultipartUploadCommand: s3.AbortMultipartUploadCommand,
      InvokeEndpointCommand: runtime.InvokeEndpointCommand,
      InvokeEndpointAsyncCommand: runtime.InvokeEndpointAsyncCommand,
    },
    async identity(signal) {
      const { STSClient, GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
      const sts = new STSClient(all);
      try {
        return await sts.send(new GetCallerIdentityCommand({}), { abortSignal: signal });
      } finally {
        sts.destroy();
      }
    },
    close() {
      clients.s3.destroy();
      clients.runtime.destroy();
    },
  };
}
