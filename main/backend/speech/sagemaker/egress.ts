/** One thing that leaves this machine, or is removed from where it went. */
export interface EgressRecord {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly service: "s3" | "sagemaker-runtime" | "sts" | "comprehend" | "bedrock-runtime" | "writer-endpoint";
  readonly operation:
    | "PutObject"
    | "DeleteObject"
    | "ListObjectsV2"
    | "InvokeEndpoint"
    | "InvokeEndpointAsync"
    | "GetCallerIdentity"
    | "BatchDetectSentiment"
    | "BatchDetectEntities"
    | "DetectEntities"
    | "Converse"
    | "ConverseStream"
    | "ChatCompletions";
  /** Null where the profile decides. */
  readonly region: string | null;
  /** `s3://bucket/key`, or the endpoint's name. */
  readonly destination: string;
  /** Which parts of the conversation were in it, where that is not the sound. */
  readonly fields?: string[] | undefined;
  /** Bytes of content sent; 0 for a removal. */
  readonly bytes: number;
  /** Over that content; null for a removal. */
  readonly sha256: string | null;
  /** The conversation it belongs to; null when nobody knows. */
  readonly conversationId: string | null;
}

/**
 * Keeps an egress record. Called before the thing is sent, once for each, however many attempts it takes; when it
 * rejects, nothing is sent.
 */
export type RecordEgress = (record: EgressRecord) => Promise<void> | void;
