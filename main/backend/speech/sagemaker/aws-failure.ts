import { EarmarkError, type ErrorCode, type ErrorDetails } from "../../../../app/contract/errors.ts";

/* What AWS and the way to it can refuse, in Earmark's own words. */

/** What was being done when AWS refused: for the log and the text. */
export interface AwsCall {
  readonly service: "s3" | "sagemaker-runtime" | "sts" | "comprehend" | "bedrock-runtime";
  readonly operation: string;
}

/** The parts of an error of the SDK that are read here. All from outside. */
interface SdkError {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: unknown; readonly requestId?: unknown };
  readonly OriginalStatusCode?: unknown;
  readonly OriginalMessage?: unknown;
}

/** Names by which AWS and the SDK say that the credentials are absent, wrong or too old. */
const credentialNames: ReadonlySet<string> = new Set([
  "CredentialsProviderError",
  "TokenProviderError",
  "ExpiredToken",
  "ExpiredTokenException",
  "TokenRefreshRequired",
  "RequestExpired",
  "InvalidToken",
  "InvalidAccessKeyId",
  "InvalidClientTokenId",
  "UnrecognizedClientException",
  "InvalidSignatureException",
  "SignatureDoesNotMatch",
  "IncompleteSignature",
  "MissingAuthenticationToken",
  "MissingAuthenticationTokenException",
  "NotAuthorized",
]);

const throttleNames: ReadonlySet<string> = new Set([
  "ThrottlingException",
  "Throttling",
  "ThrottledException",
  "TooManyRequestsException",
  "RequestLimitExceeded",
  "SlowDown",
  "ServiceUnavailable",
  "ModelNotReadyException",
]);

const absentNames: ReadonlySet<string> = new Set([
  "NoSuchBucket",
  "PermanentRedirect",
  "AuthorizationHeaderMalformed",
  "IllegalLocationConstraintException",
]);

const networkCodes: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ECONNABORTED",
]);

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function codeFor(error: SdkError, status: number | null): ErrorCode {
  const name = textOf(error.name);
  const message = textOf(error.message);
  if (credentialNames.has(name) || /\bcredentials?\b.*\b(?:missing|not load|expired)|Region is missing/iu.test(message)) {
    return "aws-credentials-missing";
  }
  if (throttleNames.has(name) || status === 429 || status === 503) return "aws-throttled";
  if (absentNames.has(name) || /Endpoint .* not found/u.test(message)) return "aws-not-found";
  if (name.startsWith("KMS.") || name.startsWith("AccessDenied") || name === "AllAccessDisabled" || status === 403) {
    return "aws-denied";
  }
  if (name === "TimeoutError" || networkCodes.has(textOf(error.code)) || (status !== null && status >= 500)) {
    return "aws-unreachable";
  }
  if (status === 404) return "aws-not-found";
  if (status === 413) return "file-too-large";
  return status === null ? "aws-unreachable" : "engine-failed";
}

/** Whether AWS says that an object is not there. A missing bucket is another matter. */
export function isAbsentObject(thrown: unknown): boolean {
  if (typeof thrown !== "object" || thrown === null) return false;
  const { name, $metadata } = thrown as SdkError;
  return name === "NoSuchKey" || name === "NotFound" || ($metadata?.httpStatusCode === 404 && name !== "NoSuchBucket");
}

/** Status and text with which a container behind an endpoint refused; null when something else did. */
export function containerRefusal(thrown: unknown): { status: number; text: string } | null {
  if (typeof thrown !== "object" || thrown === null) return null;
  const { name, OriginalStatusCode, OriginalMessage, message } = thrown as SdkError;
  if (name !== "ModelError") return null;
  return {
    status: typeof OriginalStatusCode === "number" ? OriginalStatusCode : 500,
    text: textOf(OriginalMessage) || textOf(message),
  };
}

/** Why a call to AWS failed. What is an `EarmarkError` already stays what it is; an abort becomes `cancelled`. */
export function awsFailure(thrown: unknown, call: AwsCall): EarmarkError {
  if (thrown instanceof EarmarkError) return thrown;
  const error: SdkError = typeof thrown === "object" && thrown !== null ? thrown : { message: String(thrown) };
  const name = textOf(error.name);
  if (name === "AbortError") return new EarmarkError("cancelled", "Cancelled.");
  const systemCode = textOf(error.code);
  if (systemCode === "ENOSPC") return new EarmarkError("disk-full", textOf(error.message));
  const told = error.$metadata?.httpStatusCode;
  const status = typeof told === "number" ? told : null;
  const details: ErrorDetails = {
    service: call.service,
    operation: call.operation,
    awsError: name === "" || name === "Error" ? systemCode : name,
    status,
    requestId: textOf(error.$metadata?.requestId) || null,
  };
  return new EarmarkError(
    codeFor(error, status),
    `${call.service} ${call.operation}: ${textOf(error.message).slice(0, 300) || name || "it failed"}`,
    details,
    { cause: thrown },
  );
}

/** Whether a failure may pass by itself, so that the same call is worth another attempt. */
export function mayPass(failure: EarmarkError): boolean {
  return failure.code === "aws-throttled" || failure.code === "aws-unreachable" || failure.code === "writer-unreachable";
}
