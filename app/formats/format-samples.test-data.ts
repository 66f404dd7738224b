import type { FormatName } from "./detect.ts";
import {
  genesysChat,
  genesysTranscript,
  rttm,
  slackDay,
  smsLog,
  smsTable,
  twilioConversation,
  vcon,
} from "./message-samples.test-data.ts";

/*
 * One small file of each format, in the shape its program writes: for the tests of readers, of detection, and as seeds of
 * the test with damaged files.
 */

const lexV2 = (second: number, more: Record<string, unknown>) => ({
  timestamp: `2026-03-02T09:00:${String(second).padStart(2, "0")}.500Z`,
  messageVersion: "2.0",
  sessionId: "session-1",
  inputMode: "Text",
  operationName: "RecognizeText",
  missedUtterance: false,
  bot: { name: "PayBot", version: "3", id: "B1", aliasId: "A1", localeId: "en_GB" },
  ...more,
});

/** The exchanges of a Lex V2 session, in order. */
export const lexV2Events = [
  lexV2(1, {
    inputTranscript: "I want to pay",
    interpretations: [
      { nluConfidence: "0.83", intent: { name: "MakePayment", slots: {} }, sentimentResponse: { sentiment: "NEUTRAL" } },
      { intent: { name: "FallbackIntent" } },
    ],
    sessionState: { intent: { name: "MakePayment", state: "InProgress", slots: { Amount: null } } },
    messages: [{ contentType: "PlainText", content: "How much?" }],
  }),
  lexV2(9, {
    inputTranscript: "twenty pounds",
    interpretations: [{ nluConfidence: { score: 0.7 }, intent: { name: "MakePayment" } }],
    sessionState: {
      intent: {
        name: "MakePayment",
        state: "ReadyForFulfillment",
        slots: {
          Amount: { shape: "Scalar", value: { originalValue: "twenty pounds", interpretedValue: "20 GBP", resolvedValues: [] } },
          Accounts: {
            shape: "List",
            values: [{ value: { interpretedValue: "current" } }, { value: { interpretedValue: "joint" } }],
          },
        },
      },
    },
    messages: [
      { contentType: "SSML", content: "<speak>Which <b>card</b>?</speak>" },
      { contentType: "ImageResponseCard", imageResponseCard: { title: "Cards", buttons: [{ text: "Blue" }, { text: "Gold" }] } },
    ],
  }),
  lexV2(20, {
    missedUtterance: true,
    inputTranscript: "the shiny one",
    interpretations: [{ intent: { name: "FallbackIntent", slots: {} } }],
    sessionState: { intent: { name: "FallbackIntent", state: "Failed", slots: {} } },
  }),
];

const lexV1Events = [
  {
    messageVersion: "1.0",
    botName: "OmniLex",
    botAlias: "live",
    botVersion: "4",
    inputTranscript: "open an account",
    botResponse: "Which kind of account?",
    intent: "OpenAccount",
    nluIntentConfidence: '{"score":0.9}',
    slots: { AccountType: null, Phone: "555" },
    missedUtterance: false,
    inputDialogMode: "Text",
    requestId: "r1",
    userId: "u1",
    sessionId: "s1",
    timestamp: "2020-05-06T07:08:09.100Z",
    sentimentResponse: { sentimentLabel: "NEUTRAL", sentimentScore: "{Positive: 0.1, Negative: 0.2}" },
    slotToElicit: "AccountType",
    dialogState: "ElicitSlot",
  },
  {
    messageVersion: "1.0",
    botName: "OmniLex",
    inputTranscript: "gibberish",
    botResponse: "Sorry?",
    missedUtterance: true,
    slots: {},
    userId: "u1",
    sessionId: "s1",
    timestamp: "2020-05-06T07:08:20.100Z",
    dialogState: "ElicitIntent",
  },
];

const word = (text: string, start: string, end: string, more: Record<string, unknown> = {}) => ({
  type: "pronunciation",
  start_time: start,
  end_time: end,
  alternatives: [{ confidence: "0.98", content: text }],
  ...more,
});
const mark = (text: string) => ({ type: "punctuation", alternatives: [{ confidence: "0.0", content: text }] });

/** Amazon Transcribe, speakers in the list of segments only. */
export const transcribeSpeakers = {
  jobName: "a-job",
  status: "COMPLETED",
  results: {
    language_code: "en-US",
    transcripts: [{ transcript: "Hello there. Hi. Are you well?" }],
    speaker_labels: {
      speakers: 2,
      segments: [
        {
          start_time: "0.1",
          end_time: "1.0",
          speaker_label: "spk_0",
          items: [
            { start_time: "0.1", end_time: "0.5", speaker_label: "spk_0" },
            { start_time: "0.5", end_time: "1.0", speaker_label: "spk_0" },
          ],
        },
        { start_time: "1.40", speaker_label: "spk_1", items: [{ start_time: "1.40", end_time: "1.9", speaker_label: "spk_1" }] },
        {
          start_time: "6.0",
          speaker_label: "spk_1",
          items: [{ start_time: "6.0" }, { start_time: "6.2" }, { start_time: "6.4" }],
        },
      ],
    },
    items: [
      word("Hello", "0.1", "0.5"),
      word("there", "0.5", "1.0"),
      mark("."),
      word("Hi", "1.4", "1.9"),
      mark("."),
      word("Are", "6.0", "6.2"),
      word("you", "6.2", "6.4"),
      word("well", "6.4", "6.9"),
      mark("?"),
    ],
  },
};

/** Amazon Transcribe by channel: the second side says a word while the first speaks. */
export const transcribeChannels = {
  jobName: "a-job",
  results: {
    transcripts: [{ transcript: "" }],
    channel_labels: {
      number_of_channels: 2,
      channels: [
        {
          channel_label: "ch_0",
          items: [
            word("My", "1.0", "1.2"),
            word("card", "1.2", "1.6"),
            mark(","),
            word("[PII]", "1.7", "2.5", { alternatives: [{ content: "[PII]", redactions: [{ confidence: "0.99" }] }] }),
            word("thanks", "4.5", "5.0"),
            mark("."),
          ],
        },
        { channel_label: "ch_1", items: [word("Right", "1.5", "1.8"), mark("."), word("Done", "3.0", "3.4"), mark(".")] },
      ],
    },
    items: [],
  },
};

const callAnalytics = {
  JobStatus: "COMPLETED",
  JobName: "call.wav",
  LanguageCode: "en-US",
  Channel: "VOICE",
  Participants: [{ ParticipantRole: "AGENT" }, { ParticipantRole: "CUSTOMER" }],
  ConversationCharacteristics: { TotalConversationDurationMillis: 9_000, NonTalkTime: { Instances: [], TotalTimeMillis: 0 } },
  Transcript: [
    {
      Id: "a",
      ParticipantRole: "AGENT",
      BeginOffsetMillis: 40,
      EndOffsetMillis: 1_300,
      Content: "Hello, Anna.",
      Sentiment: "NEUTRAL",
      LoudnessScores: [80.1, null],
      Items: [
        { Type: "pronunciation", Confidence: "0.9", Content: "Hello", BeginOffsetMillis: 40, EndOffsetMillis: 500 },
        { Type: "punctuation", Confidence: 0, Content: "," },
        { Type: "pronunciation", Confidence: 0.5, Content: "Anna", BeginOffsetMillis: 600, EndOffsetMillis: 1_300 },
        { Type: "punctuation", Confidence: 0, Content: "." },
      ],
      IssuesDetected: [{ CharacterOffsets: { Begin: 0, End: 5 } }],
    },
    { Id: "b", ParticipantRole: "CUSTOMER", BeginOffsetMillis: 1_200, EndOffsetMillis: 2_000, Content: "Hi." },
  ],
};

/** Contact Lens: roles by id, an ARN among them, no words. */
export const contactLensVoice = {
  Version: "1.1.0",
  Channel: "VOICE",
  JobStatus: "COMPLETED",
  LanguageCode: "en-US",
  CustomerMetadata: { ContactId: "c-1", InstanceId: "i-1" },
  Participants: [
    { ParticipantId: "CUSTOMER", ParticipantRole: "CUSTOMER" },
    { ParticipantId: "arn:aws:connect:us-east-1:1:instance/i/agent/9", ParticipantRole: "AGENT" },
  ],
  Categories: { MatchedCategories: ["Cancellation"], MatchedDetails: {} },
  ConversationCharacteristics: { TotalConversationDurationMillis: 20_000 },
  Transcript: [
    {
      Id: "1",
      ParticipantId: "CUSTOMER",
      BeginOffsetMillis: 7_370,
      EndOffsetMillis: 11_190,
      Content: "I need to cancel.",
      LoudnessScore: [77.1],
    },
    {
      Id: "2",
      ParticipantId: "arn:aws:connect:us-east-1:1:instance/i/agent/9",
      BeginOffsetMillis: 12_000,
      EndOffsetMillis: 13_000,
      Content: "Of course.",
      LoudnessScore: [70, null],
    },
  ],
};

const chatItems = [
  {
    AbsoluteTime: "2026-04-07T08:45:33.965Z",
    ContentType: "application/vnd.amazonaws.connect.event.participant.joined",
    Id: "0",
    Type: "EVENT",
    DisplayName: "Customer",
    ParticipantRole: "CUSTOMER",
  },
  {
    AbsoluteTime: "2026-04-07T08:45:41.000Z",
    Content: "How can I help you today?",
    ContentType: "text/plain",
    Id: "1",
    Type: "MESSAGE",
    ParticipantId: "p1",
    DisplayName: "BOT",
    ParticipantRole: "SYSTEM",
  },
  {
    AbsoluteTime: "2026-04-07T08:46:41.000Z",
    Content: "My parcel is lost",
    ContentType: "text/plain",
    Id: "2",
    Type: "MESSAGE",
    ParticipantId: "p2",
    DisplayName: "Customer",
    ParticipantRole: "CUSTOMER",
  },
];

/** A result of post call analytics, with the words' ends equal to their starts as it writes them. */
export const postCallAnalytics = {
  ConversationAnalytics: {
    GUID: "None",
    Agent: "ChrisL",
    Cust: "None",
    ConversationTime: "2021-07-25 13:35:14",
    ConversationLocation: "America/New_York",
    ProcessTime: "2021-07-26 01:00:00.000001",
    LanguageCode: "en-US",
    Duration: "12.5",
    SpeakerLabels: [
      { Speaker: "spk_0", DisplayText: "Customer" },
      { Speaker: "spk_1", DisplayText: "Agent" },
    ],
    Summary: { Topic: "a bill" },
  },
  SpeechSegments: [
    {
      SegmentStartTime: 0.5,
      SegmentEndTime: 2,
      SegmentSpeaker: "spk_1",
      SegmentInterruption: false,
      OriginalText: "Hello there.",
      DisplayText: "Hello there.",
      WordConfidence: [
        { Text: "Hello", Confidence: 0.9, StartTime: 0.5, EndTime: 0.5 },
        { Text: " there.", Confidence: 1, StartTime: 1.1, EndTime: 1.1 },
      ],
    },
    {
      SegmentStartTime: 3,
      SegmentEndTime: 4,
      SegmentSpeaker: "spk_0",
      DisplayText: "Hi.",
      WordConfidence: [{ Text: "Hi.", Confidence: 1, StartTime: 3, EndTime: 3.4 }],
    },
    { SegmentStartTime: 5, SegmentEndTime: 6, SegmentSpeaker: "IVR", IVRSegment: true, DisplayText: "Please hold." },
  ],
};

const conversationIntelligence = {
  RawTranscript: ["Agent: hi\n", "Customer: \n"],
  SpeechSegments: [
    {
      Line: 0,
      SegmentSpeaker: "Agent",
      DisplayText: "hi",
      SegmentStartTime: "6.103",
      SegmentEndTime: "6.494",
      EntitiesDetected: [],
    },
    { Line: 1, SegmentSpeaker: "Customer", DisplayText: "", SegmentStartTime: "7.5", SegmentEndTime: "7.9" },
  ],
  ConversationAnalytics: { Summary: { Summary: "n/a" }, Language: "english", LanguageCode: "en" },
};

const bedrock = {
  metadata: { semantic_modality: "AUDIO", duration_millis: 9_000, number_of_channels: 2, dominant_asset_language: "EN" },
  audio_items: [
    { item_index: 0, audio_segment_index: 0, content: "Hello", start_timestamp_millis: 100, end_timestamp_millis: 500 },
    { item_index: 1, audio_segment_index: 0, content: "." },
    { item_index: 2, audio_segment_index: 1, content: "Hola", start_timestamp_millis: 900, end_timestamp_millis: 1_200 },
  ],
  audio_segments: [
    {
      segment_index: 0,
      start_timestamp_millis: 100,
      end_timestamp_millis: 600,
      text: "Hello.",
      language: "EN",
      speaker: { speaker_label: "spk_1" },
      channel: { channel_label: "ch_1" },
    },
    {
      segment_index: 1,
      start_timestamp_millis: 900,
      end_timestamp_millis: 1_200,
      text: "Hola",
      language: "ES",
      speaker: { speaker_label: "spk_0" },
      channel: { channel_label: "ch_0" },
    },
  ],
  audio: { summary: "Two greet each other." },
  topics: [],
};

/** openai-whisper with words. */
export const whisper = {
  text: " Hello there. How are you?",
  language: "en",
  segments: [
    {
      id: 0,
      seek: 0,
      start: 0,
      end: 1.5,
      text: " Hello there.",
      tokens: [1],
      avg_logprob: -0.2,
      no_speech_prob: 0.01,
      words: [
        { word: " Hello", start: 0, end: 0.6, probability: 0.9 },
        { word: " there.", start: 0.6, end: 1.5, probability: 0.8 },
      ],
    },
    { id: 1, seek: 0, start: 2, end: 3, text: " How are you?", tokens: [2], no_speech_prob: 0.02, words: [] },
  ],
};

/** WhisperX: a word without times, two voices in one segment, a segment without a voice. */
export const whisperX = {
  language: "en",
  segments: [
    {
      start: 0.5,
      end: 3,
      text: " In 2014 we met. Yes.",
      speaker: "SPEAKER_00",
      words: [
        { word: "In", start: 0.5, end: 0.6, score: 0.9, speaker: "SPEAKER_00" },
        { word: "2014" },
        { word: "we", start: 1.2, end: 1.4, score: 0.8, speaker: "SPEAKER_00" },
        { word: "met.", start: 1.4, end: 1.8, score: 0.8, speaker: "SPEAKER_00" },
        { word: "Yes.", start: 2.2, end: 2.6, score: 0.7, speaker: "SPEAKER_01" },
      ],
    },
    { start: 3.1, end: 4, text: " Right.", speaker: "SPEAKER_01", words: [{ word: "Right.", start: 3.1, end: 3.6, score: 0.6 }] },
    { start: 20, end: 21, text: "Music", words: [] },
  ],
  word_segments: [],
};

/** whisper.cpp with its tokens. */
export const whisperCpp = {
  systeminfo: "AVX = 1",
  model: { type: "base" },
  result: { language: "en" },
  transcription: [
    {
      timestamps: { from: "00:00:00,000", to: "00:00:01,500" },
      offsets: { from: 0, to: 1_500 },
      text: " Fixing it.",
      tokens: [
        { text: "[_BEG_]", offsets: { from: 0, to: 0 }, p: 0.9 },
        { text: " Fix", offsets: { from: 0, to: 300 }, p: 0.9 },
        { text: "ing", offsets: { from: 300, to: 600 }, p: 0.6 },
        { text: " it", offsets: { from: 700, to: 900 }, p: 0.95 },
        { text: ".", offsets: { from: 900, to: 950 }, p: 0.99 },
      ],
    },
    { timestamps: { from: "00:00:02,000", to: "00:00:03,250" }, text: " Thanks." },
  ],
};

/**
 * A file of each format by its name. The speech of Earmark's own is written by another module and tested there, and a table
 * is known by a mapping alone.
 */
export const formatSamples: Readonly<Record<Exclude<FormatName, "earmark" | "mapped-table">, string>> = {
  "genesys-transcript": JSON.stringify(genesysTranscript),
  "genesys-chat": JSON.stringify(genesysChat),
  "twilio-conversation": JSON.stringify(twilioConversation),
  "sms-log": JSON.stringify(smsLog),
  "sms-table": smsTable,
  slack: JSON.stringify(slackDay),
  vcon: JSON.stringify(vcon),
  rttm,
  "lex-v2": lexV2Events.map((event) => JSON.stringify(event)).join("\n"),
  "lex-v1": JSON.stringify(lexV1Events),
  transcribe: JSON.stringify(transcribeSpeakers),
  "call-analytics": JSON.stringify(callAnalytics),
  "contact-lens-voice": JSON.stringify(contactLensVoice),
  "contact-lens-chat": JSON.stringify({
    Version: "1.1.0",
    Channel: "CHAT",
    ChatTranscriptVersion: "2019-08-26",
    LanguageCode: "en-US",
    ConversationCharacteristics: { ResponseTime: { AgentGreetingTimeMillis: 3 }, Sentiment: { OverallSentiment: {} } },
    Transcript: chatItems,
  }),
  "connect-chat": JSON.stringify({ Version: "2019-08-26", InitialContactId: "8194", ContactId: "8194", Transcript: chatItems }),
  "post-call-analytics": JSON.stringify(postCallAnalytics),
  "conversation-intelligence": JSON.stringify(conversationIntelligence),
  "bedrock-data-automation": JSON.stringify(bedrock),
  whisper: JSON.stringify(whisper),
  whisperx: JSON.stringify(whisperX),
  "whisper-cpp": JSON.stringify(whisperCpp),
  vtt: "WEBVTT\n\nNOTE made by hand\n\n1\n00:01.000 --> 00:02.000 align:left\n<v Agent>Hello &amp; welcome\n\n00:03.000 --> 00:04.000\n<v Anna Smith>Hi</v>\n",
  srt: "1\r\n00:00:01,000 --> 00:00:02,500\r\n[SPEAKER_00]: Hello there\r\n\r\n2\r\n00:00:02,600 --> 00:00:04,000\r\n<i>how are you?</i>\r\n\r\n3\r\n00:00:05,000 --> 00:00:06,000\r\n[SPEAKER_01]: Fine\r\n",
  tsv: "start\tend\ttext\n0\t1500\tHello there.\n1500\t3000\tHow are you?\n",
  "plain-text": "Agent: Hello, how can I help?\nCustomer: My card: it was stolen.\nI need a new one.\nAgent: Of course.\n",
};
