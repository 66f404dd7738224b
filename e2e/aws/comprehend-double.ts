import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/*
 * Amazon Comprehend over a real socket, as far as Earmark speaks it (AWS JSON 1.1): sentiment and entities of a batch, and
 * entities by a recogniser of one's own. It judges by a few words, keeps Comprehend's limits, and fails as it is told to.
 */

/** A request as it came. */
export interface SeenRequest {
  readonly operation: string;
  readonly language: string | null;
  readonly texts: readonly string[];
  readonly endpoint: string | null;
  readonly signed: boolean;
}

/** How a request is answered otherwise than usual. */
export type Trouble =
  | { readonly kind: "refuse"; readonly status: number; readonly name: string; readonly message?: string }
  /** Says nothing, and keeps the connection. */
  | { readonly kind: "silence" }
  /** Ends the connection. */
  | { readonly kind: "hang-up" }
  /** Answers with this text as it is. */
  | { readonly kind: "text"; readonly text: string }
  /** Answers for all texts but these, by their place. */
  | { readonly kind: "partial"; readonly without: readonly number[] };

/** Comprehend, and a look inside. */
export interface ComprehendDouble {
  readonly url: string;
  readonly seen: SeenRequest[];
  /** Decides what goes wrong with a request; null lets it pass. Replace it at will. */
  trouble: (request: SeenRequest) => Trouble | null;
  close(): Promise<void>;
}

const languages = ["de", "en", "es", "it", "pt", "fr", "ja", "ko", "hi", "ar", "zh", "zh-TW"];
const good = /\b(?:thank|great|happy|gracias|danke|merci)/iu;
const bad = /\b(?:terrible|cancel|awful|horrible|schlecht)/iu;

function sentimentOf(text: string) {
  const [Positive, Negative] = bad.test(text) ? [0.02, 0.9] : good.test(text) ? [0.9, 0.02] : [0.05, 0.05];
  const Neutral = 1 - Positive - Negative - 0.01;
  const Sentiment = Negative > 0.5 ? "NEGATIVE" : Positive > 0.5 ? "POSITIVE" : "NEUTRAL";
  return { Sentiment, SentimentScore: { Positive, Negative, Neutral, Mixed: 0.01 } };
}

/** Places in characters, as Comprehend counts them. */
function found(text: string, pattern: RegExp, type: string, score: number) {
  return [...text.matchAll(pattern)].map((match) => {
    const begin = [...text.slice(0, match.index)].length;
    return { Score: score, Type: type, Text: match[0], BeginOffset: begin, EndOffset: begin + [...match[0]].length };
  });
}

function entitiesOf(text: string) {
  return [
    ...found(text, /Ann(?:e)? Smith/gu, "PERSON", 0.99),
    ...found(text, /\$\d+|forty dollars/gu, "QUANTITY", 0.95),
    ...found(text, /Leeds/gu, "LOCATION", 0.45),
  ];
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}

function answer(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { "content-type": "application/x-amz-json-1.1", "content-length": body.length });
  response.end(body);
}

function refuse(response: ServerResponse, status: number, name: string, message = name): void {
  answer(response, status, { __type: name, message });
}

/** Starts Comprehend on a free port of this machine. */
export async function startComprehendDouble(): Promise<ComprehendDouble> {
  const seen: SeenRequest[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = String(request.headers["x-amz-target"] ?? "");
    const operation = target.replace(/^Comprehend_20171127\./u, "");
    const body = JSON.parse(await bodyOf(request)) as {
      readonly TextList?: readonly string[];
      readonly Text?: string;
      readonly LanguageCode?: string;
      readonly EndpointArn?: string;
    };
    const texts = body.TextList ?? [body.Text ?? ""];
    const one: SeenRequest = {
      operation,
      language: body.LanguageCode ?? null,
      texts,
      endpoint: body.EndpointArn ?? null,
      signed: /^AWS4-HMAC-SHA256 .*\/comprehend\/aws4_request/u.test(String(request.headers.authorization ?? "")),
    };
    seen.push(one);
    const trouble = double.trouble(one);
    if (trouble?.kind === "silence") return;
    if (trouble?.kind === "hang-up") return void response.destroy();
    if (trouble?.kind === "refuse") return refuse(response, trouble.status, trouble.name, trouble.message);
    if (trouble?.kind === "text") {
      response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
      return void response.end(trouble.text);
    }
    if (request.headers["content-type"] !== "application/x-amz-json-1.1" || !one.signed) {
      return refuse(response, 400, "InvalidSignatureException");
    }
    if (texts.length > 25) return refuse(response, 400, "BatchSizeLimitExceededException");
    if (body.EndpointArn === undefined && !languages.includes(body.LanguageCode ?? "")) {
      return refuse(response, 400, "UnsupportedLanguageException");
    }
    if (operation === "DetectEntities") {
      return answer(response, 200, { Entities: found(texts[0] ?? "", /widget/gu, "PRODUCT", 0.8) });
    }
    const without = trouble?.kind === "partial" ? trouble.without : [];
    const ResultList: object[] = [];
    const ErrorList: object[] = [];
    for (const [Index, text] of texts.entries()) {
      const tooLong = Buffer.byteLength(text, "utf8") > 5_120;
      if (tooLong) ErrorList.push({ Index, ErrorCode: "TEXT_SIZE_LIMIT_EXCEEDED", ErrorMessage: "Too long." });
      else if (without.includes(Index)) ErrorList.push({ Index, ErrorCode: "INTERNAL_SERVER_ERROR", ErrorMessage: "It failed." });
      else if (operation === "BatchDetectSentiment") ResultList.push({ Index, ...sentimentOf(text) });
      else ResultList.push({ Index, Entities: entitiesOf(text) });
    }
    answer(response, 200, { ResultList, ErrorList });
  };
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const double: ComprehendDouble = {
    url: `http://127.0.0.1:${port}`,
    seen,
    trouble: () => null,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return double;
}
