import { EarmarkError } from "../../../app/contract/errors.ts";
import type { EngineAdjustment, Transcript } from "../../../app/conversation/conversation.ts";
import type { SpeechEngine } from "../../../app/ports.ts";
import type { ProviderChooser } from "./provider-choice.ts";

/** Failures that another provider may not have: the runtime broke, or took the process with it. */
const ofTheProvider: ReadonlySet<string> = new Set(["engine-failed", "engine-crashed", "engine-stalled", "engine-out-of-memory"]);

function withAdjustment(transcript: Transcript, adjustment: EngineAdjustment): Transcript {
  const { provenance } = transcript;
  if (provenance === null || (provenance.adjustments ?? []).some(({ from }) => from === adjustment.from)) return transcript;
  return { ...transcript, provenance: { ...provenance, adjustments: [adjustment, ...(provenance.adjustments ?? [])] } };
}

/**
 * An engine that hears a recording again on the processor when a graphics processor failed in the middle of it. The result
 * says so in its provenance, and the chooser passes that provider over from then on: where a person had named it, every later result says
 * so too. Where the processor fails as well the
 * provider is trusted again and the processor's failure is what is told.
 */
export function withProviderFallback<E extends SpeechEngine>(engine: E, chooser: ProviderChooser): E {
  return {
    ...engine,
    async recognise(audio, diarization, options, attention) {
      try {
        const heard = await engine.recognise(audio, diarization, options, attention);
        for (const one of heard.provenance?.adjustments ?? []) {
          // One that cannot even be opened is not tried for every recording again.
          if (one.kind === "provider") await chooser.distrust(one.from, one.reason);
        }
        const replaced = chooser.replaced();
        return replaced === null
          ? heard
          : withAdjustment(heard, { kind: "provider", from: replaced.provider, to: "cpu", reason: replaced.reason });
      } catch (thrown) {
        const provider = chooser.first();
        const another = thrown instanceof EarmarkError && ofTheProvider.has(thrown.code) && provider !== "cpu";
        if (!another || attention.signal.aborted) throw thrown;
        const reason = `${thrown.code}: ${thrown.message.slice(0, 300)}`;
        await chooser.distrust(provider, reason);
        try {
          const heard = await engine.recognise(audio, diarization, options, attention);
          return withAdjustment(heard, { kind: "provider", from: provider, to: "cpu", reason });
        } catch (again) {
          chooser.trustAgain(provider);
          throw again;
        }
      }
    },
  } satisfies E;
}
