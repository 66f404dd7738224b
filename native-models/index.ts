export { diarize, type SoundLayout } from "./diarize.ts";
export { recognise } from "./recognise.ts";
export type { MakeTensor, Model, Models, SessionOptions, Sound, TensorType } from "./session.ts";
export { SpeechError, type SpeechErrorCode } from "./speech-error.ts";
export { type RecordingVoicePrint, type SpeakingVoice, sameVoiceLikeness, voicePrint } from "./voice-print.ts";
