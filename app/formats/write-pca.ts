import type { Conversation, Participant, Turn } from "../conversation/conversation.ts";
import { inSeconds, meanConfidence, outgoingWords } from "./outgoing-words.ts";
import { roleLabel, speakerLabels } from "./speaker-label.ts";
import { localInZone } from "./zoned-time.ts";

/** What the format writes where it knows nothing. */
const unknown = "None";

/**
 * A call as AWS' post call analytics sample writes it: what is known of the call, and its segments with their words. Only the
 * first agent and the first customer have a place for a name.
 */
export function writePca(conversation: Conversation): string {
  const { participants, measures, turns, vendor } = conversation;
  const keys = speakerKeys(participants);
  const named = (role: Participant["role"]) => participants.find((one) => one.role === role)?.name ?? null;
  const processed = localTime(conversation.importedAt, conversation.timeZone);
  const analytics = {
    GUID: conversation.id,
    Agent: named("agent") ?? unknown,
    ...(named("customer") === null ? {} : { Cust: named("customer") }),
    // A time of the call that is the time of its transcription says that nobody knows it.
    ConversationTime: conversation.startedAt === null ? processed : localTime(conversation.startedAt, conversation.timeZone),
    ConversationLocation: conversation.timeZone ?? unknown,
    ProcessTime: processed,
    LanguageCode: conversation.language ?? unknown,
    Duration: String(inSeconds(conversation.durationMs)),
    SpeakerLabels: speakerNames(participants, keys),
    SentimentTrends: Object.fromEntries(
      (vendor?.sentiment ?? []).flatMap(({ participantId, score, change, quarters }) => {
        const key = keys.get(participantId);
        const perQuarter = quarters.map((Score, index) => ({ Quarter: index + 1, Score }));
        if (key === undefined) return [];
        return [[key, { SentimentScore: score, SentimentChange: change, SentimentPerQuarter: perQuarter }]];
      }),
    ),
    SpeakerTime: {
      ...Object.fromEntries(
        measures.participants.map(({ participantId, talkMs }) => [
          keys.get(participantId) ?? "",
          { TotalTimeSecs: inSeconds(talkMs) },
        ]),
      ),
      NonTalkTime: {
        Instances: measures.silences.map(({ startMs, endMs }) => ({
          BeginOffsetSecs: inSeconds(startMs),
          EndOffsetSecs: inSeconds(endMs),
          DurationSecs: inSeconds(endMs - startMs),
        })),
        TotalTimeSecs: inSeconds(measures.nonTalkMs),
      },
    },
    CategoriesDetected: [],
    IssuesDetected: [],
    CustomEntities: [],
    SourceInformation: [
      {
        TranscribeJobInfo: {
          TranscriptionJobName: conversation.source.name,
          AverageWordConfidence: meanConfidence(turns.flatMap(outgoingWords)),
        },
      },
    ],
  };
  const interrupting = new Set(measures.interruptions.map(({ byParticipantId, startMs }) => `${byParticipantId} ${startMs}`));
  const document = {
    ConversationAnalytics: analytics,
    SpeechSegments: turns.map((turn) => ({
      SegmentStartTime: inSeconds(turn.startMs),
      SegmentEndTime: inSeconds(turn.endMs),
      SegmentSpeaker: keys.get(turn.participantId) ?? "spk_0",
      SegmentInterruption: interrupting.has(`${turn.participantId} ${turn.startMs}`),
      ...(keys.get(turn.participantId)?.startsWith("IVR") === true ? { IVRSegment: true } : {}),
      OriginalText: turn.text,
      DisplayText: turn.text,
      TextEdited: 0,
      LoudnessScores: [],
      ...moodOf(turn),
      EntitiesDetected: [],
      CategoriesDetected: [],
      FollowOnCategories: [],
      IssuesDetected: [],
      WordConfidence: outgoingWords(turn).map(({ text, startMs, endMs, confidence }, index) => ({
        Text: index === 0 ? text : ` ${text}`,
        Confidence: confidence,
        StartTime: inSeconds(startMs),
        EndTime: inSeconds(endMs),
      })),
    })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** A local time as the format writes it: `2021-11-25 13:35:14.215`; of UTC where nobody knows the place. */
function localTime(instant: string, timeZone: string | null): string {
  return timeZone === null ? instant.slice(0, 23).replace("T", " ") : localInZone(instant, timeZone);
}

/** What speakers are called in the segments: `spk_0` and on, and `IVR` for the machine that answers. */
function speakerKeys(participants: readonly Participant[]): ReadonlyMap<string, string> {
  let people = 0;
  let machines = 0;
  return new Map(
    participants.map(({ id, role }) => {
      if (role !== "ivr") return [id, `spk_${people++}`];
      return [id, machines++ === 0 ? "IVR" : `IVR_${machines}`];
    }),
  );
}

function speakerNames(participants: readonly Participant[], keys: ReadonlyMap<string, string>) {
  const labels = speakerLabels(participants);
  return participants.map(({ id, role }) => {
    const first = participants.find((one) => one.role === role)?.id === id;
    // The names of the first two stand in fields of their own, and the roles are known by these words.
    const label = first && (role === "agent" || role === "customer") ? roleLabel(role) : (labels.get(id) ?? roleLabel(role));
    return { Speaker: keys.get(id) ?? "", DisplayText: label };
  });
}

/** The sign of a mood in two flags and its size: what another program has found; nothing where none did. */
function moodOf({ vendor }: Pick<Turn, "vendor">) {
  if (vendor === undefined || (vendor.label === null && vendor.score === null)) return {};
  const sign = vendor.score === null || vendor.score === 0 ? signOf(vendor.label) : Math.sign(vendor.score);
  return {
    SentimentIsPositive: sign > 0 ? 1 : 0,
    SentimentIsNegative: sign < 0 ? 1 : 0,
    SentimentScore: Math.abs(vendor.score ?? 0),
    BaseSentimentScores: [],
  };
}

function signOf(label: string | null): number {
  return label === "positive" ? 1 : label === "negative" ? -1 : 0;
}
