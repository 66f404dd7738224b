import { Button, Modal, MultiSelect, Select } from "@mantine/core";
import { IconAdjustmentsHorizontal } from "@tabler/icons-react";
import { type FormEvent, lazy, Suspense, useState } from "react";
import { countOf, type ImportOptions } from "../../../app/conversation/import-options.ts";
import { separationSchema } from "../../../app/conversation/speech.ts";
import { noVocabulary } from "../../../app/conversation/vocabulary.ts";
import { keyOf, memory, useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { languageName, languages } from "../../ui/languages.ts";
import { FailureNote } from "../../ui/states.tsx";
import { useTypedVocabulary, VocabularyField } from "../../ui/vocabulary-field.tsx";
import classes from "./import-options.module.css";

/** Fetched with the settings, of which it is a part. */
const EngineChoice = lazy(async () => ({ default: (await import("../settings/index.ts")).EngineChoice }));
/** Most voices that can be asked for. */
const mostSpeakers = 20;
/** Lines followed at once when care is asked for: openai/whisper's own number. */
const carefulBeams = 5;

/** Opens what is asked of imports, and tells how much of it is set. */
export function ImportOptionsButton() {
  const { t } = useTranslation();
  const settings = useCall("settings.get", {});
  const [opened, setOpened] = useState(false);
  if (settings.data === undefined) return null;
  const { importOptions } = settings.data;
  const count = countOf(importOptions);
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconAdjustmentsHorizontal size={16} aria-hidden="true" />}
        aria-haspopup="dialog"
        data-testid="import-options"
        onClick={() => setOpened(true)}
      >
        {count === 0 ? t("hearing.options.button") : t("hearing.options.buttonSet", { count })}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={t("hearing.options.title")}
        closeButtonProps={{ "aria-label": t("state.close") }}
        size="lg"
      >
        <ImportOptionsForm options={importOptions} close={() => setOpened(false)} />
      </Modal>
    </>
  );
}

function ImportOptionsForm({ options, close }: { options: ImportOptions; close: () => void }) {
  const { t, i18n } = useTranslation();
  const [chosen, setChosen] = useState<ImportOptions>(options);
  const [typed, type] = useTypedVocabulary(options.vocabulary ?? noVocabulary);
  const save = useAct(
    "settings.set",
    (next) => {
      memory.setQueryData(keyOf("settings.get", {}), next);
      close();
    },
    "inPlace",
  );
  /** An option that is undefined follows the settings: it is left out. */
  const choose = (change: { [name in keyof ImportOptions]: ImportOptions[name] | undefined }) =>
    setChosen((now) => {
      const all = Object.entries({ ...now, ...change });
      return Object.fromEntries(all.filter(([, value]) => value !== undefined)) as ImportOptions;
    });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed.problems.length > 0) return;
    const { vocabulary: _, ...others } = chosen;
    const { terms, replacements } = typed.vocabulary;
    const importOptions = terms.length + replacements.length === 0 ? others : { ...others, vocabulary: typed.vocabulary };
    save.mutate({ importOptions });
  };
  const asSettings = { value: "", label: t("hearing.options.asSettings") };
  const known = new Set<string>([...languages, ...(chosen.languages ?? [])]);
  return (
    <form onSubmit={submit} className={classes["form"]} data-testid="import-options-form">
      <p className={classes["note"]}>{t("hearing.options.note")}</p>
      <MultiSelect
        data-autofocus
        label={t("hearing.options.languages")}
        description={t("hearing.options.languagesHint")}
        searchable
        clearable
        openOnFocus={false}
        hidePickedOptions
        maxValues={20}
        value={[...(chosen.languages ?? [])]}
        data={[...known].map((tag) => ({ value: tag, label: languageName(tag, i18n.language) }))}
        onChange={(picked) => choose({ languages: picked.length === 0 ? undefined : picked })}
      />
      <div className={classes["pair"]}>
        <Select
          label={t("hearing.options.separation")}
          allowDeselect={false}
          value={chosen.separation ?? ""}
          data={[
            asSettings,
            { value: "auto", label: t("settings.separationAuto") },
            { value: "channel", label: t("settings.separationChannel") },
            { value: "speaker", label: t("settings.separationSpeaker") },
          ]}
          onChange={(value) => choose({ separation: separationSchema.safeParse(value).data })}
        />
        <Select
          label={t("hearing.options.speakers")}
          allowDeselect={false}
          value={chosen.speakers === undefined ? "" : String(chosen.speakers)}
          data={[
            { value: "", label: t("hearing.options.speakersAuto") },
            ...Array.from({ length: mostSpeakers }, (_, index) => ({ value: String(index + 1), label: String(index + 1) })),
          ]}
          onChange={(value) => choose({ speakers: value === null || value === "" ? undefined : Number(value) })}
        />
        <Select
          label={t("hearing.options.translate")}
          allowDeselect={false}
          value={chosen.translate === undefined ? "" : chosen.translate ? "yes" : "no"}
          data={[asSettings, { value: "yes", label: t("hearing.options.yes") }, { value: "no", label: t("hearing.options.no") }]}
          onChange={(value) => choose({ translate: value === "yes" ? true : value === "no" ? false : undefined })}
        />
        <Select
          label={t("hearing.options.beams")}
          allowDeselect={false}
          value={(chosen.beams ?? 1) > 1 ? "careful" : ""}
          data={[
            { value: "", label: t("hearing.options.beamsFast") },
            { value: "careful", label: t("hearing.options.beamsCareful") },
          ]}
          onChange={(value) => choose({ beams: value === "careful" ? carefulBeams : undefined })}
        />
      </div>
      <Suspense fallback={null}>
        <EngineChoice value={chosen.engine ?? null} onChange={(engine) => choose({ engine })} />
      </Suspense>
      <VocabularyField typed={typed} type={type} />
      {save.isError && <FailureNote live compact failure={save.error} />}
      <div className={classes["foot"]}>
        <Button
          variant="subtle"
          color="gray"
          onClick={() => {
            setChosen({});
            type("");
          }}
        >
          {t("hearing.options.reset")}
        </Button>
        <Button variant="default" onClick={close}>
          {t("state.cancel")}
        </Button>
        <Button type="submit" loading={save.isPending} disabled={typed.problems.length > 0}>
          {t("hearing.options.save")}
        </Button>
      </div>
    </form>
  );
}
