import type { ColumnMapping } from "./column-mapping.ts";

/*
 * One small file of each format in messages, of Genesys, vCon and RTTM, made after the documentation named beside each:
 * field for field as it says, with content of our own.
 */

/** Twilio Conversations: https://www.twilio.com/docs/conversations/api/conversation-message-resource (list, with participants). */
export const twilioConversation = {
  messages: [
    {
      sid: "IM1",
      account_sid: "AC1",
      conversation_sid: "CH1",
      index: 0,
      author: "+447700900123",
      participant_sid: "MB1",
      body: "Hello, where is my parcel?",
      media: null,
      attributes: "{}",
      date_created: "2026-02-03T10:00:00Z",
      date_updated: "2026-02-03T10:00:00Z",
      delivery: null,
    },
    {
      sid: "IM2",
      conversation_sid: "CH1",
      index: 1,
      author: "maria",
      participant_sid: "MB2",
      body: "I'll look.",
      media: [{ sid: "ME1", filename: "map.png", content_type: "image/png" }],
      attributes: '{"tone":"warm"}',
      date_created: "2026-02-03T10:00:30Z",
    },
  ],
  participants: [
    { sid: "MB1", identity: null, messaging_binding: { type: "sms", address: "+447700900123", proxy_address: "+447700900999" } },
    { sid: "MB2", identity: "maria", messaging_binding: null },
  ],
  meta: { page: 0 },
};

/** Twilio's messages: https://www.twilio.com/docs/messaging/api/message-resource (list; times as RFC 2822). */
export const smsLog = {
  messages: [
    {
      sid: "SM1",
      from: "+447700900123",
      to: "+447700900999",
      body: "balance please",
      direction: "inbound",
      status: "received",
      date_sent: "Tue, 03 Feb 2026 10:00:00 +0000",
    },
    {
      sid: "SM2",
      from: "+447700900999",
      to: "+447700900123",
      body: "It is 20 pounds.",
      direction: "outbound-api",
      status: "undelivered",
      date_sent: "Tue, 03 Feb 2026 10:00:09 +0000",
    },
  ],
};

/** The table of messages that Twilio's console exports: https://support.twilio.com, "Exporting SMS and Call Logs". */
export const smsTable = `From,To,Body,Status,SentDate,ApiVersion,NumSegments,ErrorCode,AccountSid,Sid,Direction,Price,PriceUnit
+447700900123,+447700900999,"balance, please",received,2026-02-03T10:00:00Z,2010-04-01,1,,AC1,SM1,inbound,,GBP
+447700900999,+447700900123,It is 20 pounds.,delivered,2026-02-03T10:00:09Z,2010-04-01,1,,AC1,SM2,outbound-api,-0.04,GBP
`;

/** The people of a Slack export: https://api.slack.com/types/user. */
export const slackUsers = [
  { id: "U001", name: "maria", is_bot: false, profile: { display_name: "Maria", real_name: "Maria Lopez" } },
  { id: "U002", name: "anna", is_ultra_restricted: true, profile: { display_name: "", real_name: "Anna Smith" } },
  { id: "U003", name: "paybot", is_bot: true, profile: { display_name: "PayBot" } },
];

/** A day of a channel: https://slack.com/help/articles/220556107-How-to-read-Slack-data-exports. */
export const slackDay = [
  { type: "message", subtype: "channel_join", user: "U002", text: "<@U002> has joined the channel", ts: "1770112800.000100" },
  {
    type: "message",
    user: "U002",
    text: "Hello <@U001>, see <https://example.com|the bill> &amp; tell me",
    ts: "1770112805.000200",
  },
  { type: "message", subtype: "bot_message", bot_id: "B1", username: "PayBot", text: "One moment.", ts: "1770112806.000000" },
  {
    type: "message",
    user: "U001",
    text: "I see it",
    ts: "1770112865.500000",
    thread_ts: "1770112805.000200",
    files: [{ id: "F1", name: "bill.pdf" }],
  },
];

/** Genesys Cloud: https://developer.genesys.cloud/analyticsdatamanagement/speechtextanalytics/transcript-url. */
export const genesysTranscript = {
  conversationId: "conv-1",
  communicationId: "session-1",
  mediaType: "call",
  conversationStartTime: 1_770_112_800_000,
  transcripts: [
    {
      transcriptId: "t1",
      language: "en-us",
      phrases: [
        {
          text: "hi i'm calling about my bill",
          decoratedText: "Hi, I'm calling about my bill.",
          startTimeMs: 1_770_112_800_500,
          duration: { milliseconds: 2_000 },
          participantPurpose: "external",
          words: [
            { word: "hi", confidence: 0.9, startTimeMs: 1_770_112_800_500, duration: { milliseconds: 300 } },
            { word: "bill", confidence: 0.8, startTimeMs: 1_770_112_802_000, duration: { milliseconds: 500 } },
          ],
        },
        {
          text: "sure",
          decoratedText: "Sure.",
          startTimeMs: 1_770_112_804_200,
          duration: { milliseconds: 400 },
          participantPurpose: "internal",
          words: [{ word: "sure", confidence: 0.7, startTimeMs: 1_770_112_804_200, duration: { milliseconds: 400 } }],
        },
      ],
      analytics: { sentiment: [{ phraseIndex: 0, sentiment: -1, participant: "external" }] },
    },
  ],
};

/** Genesys Cloud, a recording of messages: `Recording` and `RecordingMessagingMessage` of its platform interface. */
export const genesysChat = {
  id: "rec-1",
  conversationId: "conv-2",
  media: "message",
  mediaSubtype: "SMS",
  messagingTranscript: [
    {
      from: "+447700900123",
      messageText: "Are you there?",
      timestamp: "2026-02-03T10:00:00.000Z",
      purpose: "customer",
      id: "m1",
    },
    {
      fromUser: { id: "u", name: "Maria" },
      messageText: "Yes.",
      timestamp: "2026-02-03T10:00:10.000Z",
      purpose: "agent",
      id: "m2",
    },
  ],
};

/** Genesys Cloud, the record of a conversation: fields as post call analytics for Amazon Transcribe reads them. */
export const genesysRecord = {
  conversationId: "conv-3",
  conversationStart: "2021-11-25T13:35:14.123Z",
  originatingDirection: "inbound",
  participants: [
    { participantId: "p1", purpose: "customer", sessions: [{ mediaType: "voice", segments: [] }] },
    {
      participantId: "p2",
      purpose: "acd",
      sessions: [{ mediaType: "voice", segments: [{ segmentType: "interact", queueId: "queue-7" }] }],
    },
  ],
};

/** vCon: draft-ietf-vcon-vcon-core, with a text of each encoding, a recording elsewhere and a summary. */
export const vcon = {
  vcon: "0.0.2",
  uuid: "018a7f2e-0000-8000-8000-000000000000",
  created_at: "2026-02-03T10:00:05.000Z",
  subject: "A parcel",
  parties: [
    { name: "Anna", tel: "+447700900123", role: "customer" },
    { name: "Maria", mailto: "maria@example.com", role: "agent" },
  ],
  dialog: [
    { type: "text", start: "2026-02-03T10:00:00.000Z", parties: 0, mediatype: "text/plain", body: "Hello", encoding: "none" },
    {
      type: "text",
      start: "2026-02-03T10:00:20.000Z",
      parties: [1, 0],
      originator: 1,
      mediatype: "text/plain",
      body: Buffer.from("Guten Tag, größer geht’s nicht").toString("base64url"),
      encoding: "base64url",
    },
    {
      type: "recording",
      start: "2026-02-03T10:00:00.000Z",
      duration: 20,
      parties: [0, 1],
      mediatype: "audio/x-wav",
      url: "https://example.com/call.wav",
    },
  ],
  analysis: [{ type: "summary", dialog: 0, vendor: "Summarizer", encoding: "none", body: "Anna looks for a parcel." }],
  attachments: [],
};

/** A vCon of a call: no messages, a transcript as WhisperX writes it in an analysis. */
export const vconCall = {
  ...vcon,
  dialog: [vcon.dialog[2]],
  analysis: [
    {
      type: "transcript",
      dialog: 0,
      vendor: "whisperx",
      encoding: "json",
      body: { segments: [{ start: 0.5, end: 1.5, text: "Hello.", speaker: "SPEAKER_00" }], language: "en" },
    },
    { type: "summary", dialog: 0, vendor: "Summarizer", encoding: "none", body: "They greet." },
  ],
};

/** RTTM with its words: NIST, RT-09 evaluation plan, appendix A. */
export const rttm = `;; made by hand
SPKR-INFO call 1 <NA> <NA> <NA> unknown agent <NA> <NA>
SPEAKER call 1 0.500 1.500 <NA> <NA> agent <NA> <NA>
LEXEME call 1 0.500 0.400 hello lex agent 0.98 <NA>
LEXEME call 1 1.000 0.900 there lex agent 0.91 <NA>
SPEAKER call 2 2.500 0.500 <NA> <NA> customer <NA> <NA>
LEXEME call 2 2.500 0.500 hi lex customer 0.80 <NA>
`;

/** A table of another program, and a mapping that reads it. */
export const otherTable =
  "when;who;said;case\n2026-02-03 10:00:00;OP-1;Good morning.;17\n2026-02-03 10:00:08;caller;Hello.;17\n2026-02-03 11:00:00;OP-2;Yes?;18\n";

/** How `otherTable` is read. */
export const otherMapping: ColumnMapping = {
  id: "m1",
  name: "Old desk",
  kind: "chat",
  text: "said",
  speaker: "who",
  start: "when",
  end: null,
  times: "instant",
  conversation: "case",
  agent: "OP-1",
  customer: "caller",
};
