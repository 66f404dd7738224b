import { Button, NumberInput, Radio, SegmentedControl, Select, Switch, TextInput, useMantineColorScheme } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconCircleDashed } from "@tabler/icons-react";
import { type ReactNode, useEffect, useId, useState } from "react";
import { type DoctorLine, precisionSchema, type Settings } from "../../../app/contract/views.ts";
import { keyOf, memory, useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { languages } from "../../ui/languages.ts";
import { FailureNote, PageFailure, PageLoading } from "../../ui/states.tsx";
import { ColumnMappings } from "./column-mappings.tsx";
import { EngineSettings } from "./engine.tsx";
import { IntakeNames } from "./intake-names.tsx";
import { IntakePace } from "./intake-pace.tsx";
import { IntakeSources } from "./intake-sources.tsx";
import { JobNotices } from "./job-notices.tsx";
import { KeysSettings } from "./keys.tsx";
import { LanguageReaders } from "./language.tsx";
import { LibraryVocabulary } from "./library-vocabulary.tsx";
import { Models } from "./models.tsx";
import { OffloadSettings } from "./offload.tsx";
import { RedactionPolicySettings } from "./redaction-policy.tsx";
import { SealingPolicySettings } from "./sealing-policy.tsx";
import classes from "./settings.module.css";
import { VoiceMemory } from "./voice-memory.tsx";
import { WriterSettingsPart } from "./writer.tsx";
import { WritingByItself } from "./writing-by-itself.tsx";

/** Which engine, which models, and how Earmark behaves. Every change is saved as it is made. */
export function SettingsPage() {
  const { t, i18n } = useTranslation();
  const settings = useCall("settings.get", {});
  const state = useCall("app.state", {});
  const models = useCall("models.list", {});
  const { setColorScheme } = useMantineColorScheme();
  const [saved, setSaved] = useState(false);
  const save = useAct("settings.set", (next) => {
    memory.setQueryData(keyOf("settings.get", {}), next);
    // Which precision would be fetched, and which is used of what is here.
    void memory.invalidateQueries({ queryKey: ["models.list"] });
    setSaved(true);
  });

  useEffect(() => {
    document.title = `${t("settings.title")} · ${t("app.name")}`;
  }, [t]);

  // The address may name a section; it is there only once the settings are.
  const ready = settings.data !== undefined && models.data !== undefined;
  useEffect(() => {
    const section = window.location.hash.slice(1);
    if (ready && section !== "") document.getElementById(section)?.scrollIntoView();
  }, [ready]);

  if (settings.data === undefined) {
    return settings.isError ? <PageFailure failure={settings.error} again={() => void settings.refetch()} /> : <PageLoading />;
  }
  const now = settings.data;
  const put = (change: Partial<Settings>) => {
    setSaved(false);
    save.mutate(change);
  };
  const putSpeech = (change: Partial<Settings["speech"]>) => put({ speech: { ...now.speech, ...change } });
  const names = new Intl.DisplayNames([i18n.language], { type: "language" });
  const transcribers = models.data?.models.filter((model) => model.task === "transcription" && model.state === "installed") ?? [];

  return (
    <div className={classes["page"]} data-keep-scroll="settings">
      <header className={classes["header"]}>
        <h1>{t("settings.title")}</h1>
        <span role="status" className={classes["quiet"]}>
          {saved ? t("settings.saved") : ""}
        </span>
      </header>

      <Section id="appearance" title={t("settings.appearance")}>
        <Labelled label={t("settings.scheme")}>
          <SegmentedControl
            size="sm"
            aria-label={t("settings.scheme")}
            value={now.theme}
            data={[
              { value: "auto", label: t("settings.schemeAuto") },
              { value: "light", label: t("settings.schemeLight") },
              { value: "dark", label: t("settings.schemeDark") },
            ]}
            onChange={(value) => {
              const theme = value === "light" || value === "dark" ? value : "auto";
              setColorScheme(theme);
              put({ theme });
            }}
          />
        </Labelled>
      </Section>

      <Section id="you" title={t("settings.you")}>
        <TypedText
          label={t("settings.reviewer")}
          description={t("settings.reviewerNote")}
          value={now.reviewer}
          maxLength={200}
          save={(reviewer) => put({ reviewer })}
        />
      </Section>

      <Section id="playback" title={t("settings.playback")}>
        <NumberInput
          label={t("settings.rewind")}
          description={t("settings.rewindNote")}
          value={now.rewindOnResumeMs}
          min={0}
          max={5_000}
          step={250}
          clampBehavior="strict"
          allowDecimal={false}
          onChange={(value) => {
            if (typeof value === "number" && value !== now.rewindOnResumeMs) put({ rewindOnResumeMs: value });
          }}
        />
        <NumberInput
          label={t("player.skipFrom")}
          description={t("player.skipFromNote")}
          value={now.playback.skipSilenceFromMs}
          min={500}
          max={60_000}
          step={500}
          clampBehavior="blur"
          allowDecimal={false}
          onChange={(value) => {
            if (typeof value !== "number" || value < 500 || value > 60_000 || value === now.playback.skipSilenceFromMs) return;
            put({ playback: { ...now.playback, skipSilenceFromMs: value } });
          }}
        />
      </Section>

      <Section id="keys" title={t("desk.keys.title")} note={t("desk.keys.note")}>
        <KeysSettings chosen={now.keys} save={(keys) => put({ keys })} />
      </Section>

      <Section id="notices" title={t("desk.notices.title")} note={t("desk.notices.note")}>
        <JobNotices on={now.notifyWhenDone} save={(notifyWhenDone) => put({ notifyWhenDone })} />
      </Section>

      <Section id="sources" title={t("intake.title")} note={t("intake.note")}>
        <IntakeSources />
      </Section>

      <Section id="pace" title={t("intake.pace.title")}>
        <IntakePace intake={now.intake} put={(intake) => put({ intake })} />
      </Section>

      <Section id="names" title={t("intake.names.title")} note={t("intake.names.note")}>
        <IntakeNames rules={now.intake.names} save={(names) => put({ intake: { ...now.intake, names } })} />
        <ColumnMappings mappings={now.columnMappings} save={(columnMappings) => put({ columnMappings })} />
      </Section>

      <Section id="speech" title={t("settings.speech")} note={t("settings.speechNote")}>
        <Select
          label={t("settings.language")}
          searchable
          value={now.speech.language}
          data={[
            { value: "auto", label: t("settings.languageAuto") },
            ...languages.map((value) => ({ value: value as string, label: names.of(value) ?? value })),
            ...(now.speech.language === "auto" || languages.some((each) => each === now.speech.language)
              ? []
              : [{ value: now.speech.language, label: now.speech.language }]),
          ]}
          onChange={(language) => {
            if (language !== null) putSpeech({ language });
          }}
        />
        <Select
          label={t("settings.separation")}
          value={now.speech.separation}
          data={[
            { value: "auto", label: t("settings.separationAuto") },
            { value: "channel", label: t("settings.separationChannel") },
            { value: "speaker", label: t("settings.separationSpeaker") },
          ]}
          onChange={(value) => {
            if (value === "auto" || value === "channel" || value === "speaker") putSpeech({ separation: value });
          }}
        />
        <Select
          label={t("settings.transcriptionModel")}
          value={now.speech.transcriptionModel ?? ""}
          data={[
            { value: "", label: t("settings.transcriptionAuto") },
            ...transcribers.map((model) => ({ value: model.id, label: model.name })),
          ]}
          onChange={(value) => putSpeech({ transcriptionModel: value === null || value === "" ? null : value })}
        />
        <Select
          label={t("settings.precision")}
          description={t("settings.precisionNote")}
          value={now.speech.precision ?? "auto"}
          data={(["auto", ...precisionSchema.options] as const).map((value) => ({
            value,
            label: t(`settings.precisionOf.${value}`),
          }))}
          onChange={(value) => putSpeech({ precision: precisionSchema.safeParse(value).data ?? null })}
        />
        <LibraryVocabulary vocabulary={now.vocabulary} save={(vocabulary) => put({ vocabulary })} />
        <Switch
          label={t("settings.translate")}
          checked={now.speech.translate}
          onChange={(event) => putSpeech({ translate: event.currentTarget.checked })}
        />
      </Section>

      <Section id="engine" title={t("engine.title")} note={t("engine.note")}>
        <EngineSettings settings={now} put={put} />
      </Section>

      <Section id="offload" title={t("engine.sagemaker")} note={t("engine.sagemakerNote")}>
        <OffloadSettings offload={now.offload} put={(offload) => put({ offload })} />
      </Section>

      <Section id="language" title={t("language.title")} note={t("language.note")}>
        <LanguageReaders settings={now.language} put={(language) => put({ language })} />
      </Section>

      <Section id="writer" title={t("writer.title")} note={t("writer.note")}>
        <WriterSettingsPart settings={now.writer} put={(writer) => put({ writer })} />
        {now.writer.engine !== "none" && <WritingByItself settings={now.writing} put={(writing) => put({ writing })} />}
      </Section>

      <Section id="redaction" title={t("redaction.title")} note={t("redaction.note")}>
        <RedactionPolicySettings policy={now.redaction} save={(redaction) => put({ redaction })} />
        <SealingPolicySettings policy={now.sealing} save={(sealing) => put({ sealing })} />
      </Section>

      <Section id="customers" title={t("journeys.settings.title")} note={t("journeys.settings.note")}>
        <Radio.Group
          label={t("journeys.settings.identities")}
          value={now.journeys.identities}
          onChange={(value) => put({ journeys: { identities: value === "hashed" ? "hashed" : "readable" } })}
        >
          <Radio value="readable" label={t("journeys.settings.readable")} mt="xs" />
          <Radio value="hashed" label={t("journeys.settings.hashed")} mt="xs" />
        </Radio.Group>
      </Section>

      <Section id="voices" title={t("voices.title")} note={t("voices.note")}>
        <VoiceMemory on={now.voiceMemory} save={(voiceMemory) => put({ voiceMemory })} />
      </Section>

      <Section id="models" title={t("settings.models")} note={t("settings.modelsNote")}>
        <Models
          precision={now.speech.precision ?? null}
          mirror={now.modelMirror}
          setMirror={(modelMirror) => put({ modelMirror })}
        />
      </Section>

      <Section id="work" title={t("settings.work")}>
        <Select
          label={t("settings.concurrency")}
          value={now.concurrency === null ? "" : String(now.concurrency)}
          data={[
            { value: "", label: t("settings.concurrencyAuto") },
            ...[1, 2, 3, 4, 6, 8, 12, 16].map((count) => ({ value: String(count), label: String(count) })),
          ]}
          onChange={(value) => put({ concurrency: value === null || value === "" ? null : Number(value) })}
        />
      </Section>

      <Section id="library" title={t("settings.library")}>
        <p>
          {t("settings.libraryPath")} <code className={classes["path"]}>{state.data?.libraryPath ?? ""}</code>
        </p>
      </Section>

      <Section id="state" title={t("settings.state")}>
        <Doctor />
      </Section>
    </div>
  );
}

/** A named part of the settings. */
function Section({ id, title, note, children }: { id: string; title: string; note?: string; children: ReactNode }) {
  const heading = useId();
  return (
    <section id={id} className={classes["section"]} aria-labelledby={heading}>
      <div>
        <h2 id={heading}>{title}</h2>
        {note !== undefined && <p className={classes["quiet"]}>{note}</p>}
      </div>
      <div className={classes["controls"]}>{children}</div>
    </section>
  );
}

function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={classes["labelled"]}>
      <span aria-hidden="true">{label}</span>
      {children}
    </div>
  );
}

/** A text that is saved when it is left or confirmed, not at each letter. */
export function TypedText({
  label,
  description,
  value,
  save,
  maxLength,
  placeholder,
}: {
  label: string;
  description: string;
  value: string;
  save: (value: string) => void;
  maxLength?: number;
  placeholder?: string;
}) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const settle = () => {
    if (typed.trim() !== value) save(typed.trim());
  };
  return (
    <TextInput
      label={label}
      description={description}
      value={typed}
      {...(maxLength === undefined ? {} : { maxLength })}
      {...(placeholder === undefined ? {} : { placeholder })}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={settle}
      onKeyDown={(event) => {
        if (event.key === "Enter") settle();
      }}
    />
  );
}

/** What this machine has and lacks. */
function Doctor() {
  const { t } = useTranslation();
  const doctor = useCall("doctor.run", {});
  return (
    <>
      {doctor.isError && <FailureNote live failure={doctor.error} />}
      <ul className={classes["lines"]} aria-busy={doctor.isFetching} data-testid="doctor">
        {doctor.data?.lines.map((line) => (
          <li key={`${line.topic} ${line.label}`} data-state={line.state}>
            <LineSign state={line.state} />
            <span className={classes["lineLabel"]}>{line.label}</span>
            <span className="unseen">{t(`settings.doctor.${line.state}`)}: </span>
            <span className={classes["lineDetail"]}>{line.detail}</span>
          </li>
        ))}
      </ul>
      <div>
        <Button variant="default" loading={doctor.isFetching} onClick={() => void doctor.refetch()}>
          {t("settings.runDoctor")}
        </Button>
      </div>
    </>
  );
}

function LineSign({ state }: { state: DoctorLine["state"] }) {
  switch (state) {
    case "ok":
      return <IconCircleCheck size={16} aria-hidden="true" />;
    case "absent":
      return <IconCircleDashed size={16} aria-hidden="true" />;
    case "wrong":
      return <IconAlertTriangle size={16} aria-hidden="true" />;
  }
}
