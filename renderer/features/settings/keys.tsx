import { ActionIcon, Button, FileButton, TextInput, Tooltip } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconArrowBackUp, IconPlus, IconSearch, IconX } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useTranslation } from "../../text/index.ts";
import {
  type ActionId,
  actionGroups,
  actionIds,
  type ChosenKeys,
  changedActions,
  chordLabel,
  chordsAmong,
  definitionOf,
  mostChords,
  readKeysFile,
  withoutChord,
  withUsualKeys,
  writeKeysFile,
} from "../../ui/actions/index.ts";
import { saveFile } from "../../ui/desk/save-file.ts";
import { Chord } from "../../ui/keys-overlay.tsx";
import { tell } from "../../ui/notices.tsx";
import classes from "./keys.module.css";
import { KeyRecorder } from "./keys-recorder.tsx";

/** Every action with its keys: looked for, changed, given back. A change is saved as it is made. */
export function KeysSettings({ chosen, save }: { chosen: ChosenKeys; save: (chosen: ChosenKeys) => void }) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState("");
  const [recording, setRecording] = useState<ActionId | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const changed = changedActions(chosen);
  const text = wanted.trim().toLowerCase();
  const shown = actionIds.filter((id) => {
    if (text === "" || id === recording) return true;
    const keys = chordsAmong(chosen, id).map((chord) => chordLabel(chord).join("+"));
    return [t(`actions.${id}`), t(`actions.group.${definitionOf(id).group}`), ...keys].some((each) =>
      each.toLowerCase().includes(text),
    );
  });
  const focusOn = (id: ActionId) =>
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-add="${id}"]`)?.focus());
  const end = (id: ActionId) => {
    setRecording(null);
    focusOn(id);
  };
  const resetAll = () =>
    modals.openConfirmModal({
      title: t("desk.keys.resetAllAsk"),
      children: t("desk.keys.resetAllNote", { count: changed.length }),
      labels: { confirm: t("desk.keys.resetAll"), cancel: t("state.cancel") },
      closeButtonProps: { "aria-label": t("state.close") },
      onConfirm: () => save({}),
    });
  const read = async (file: File | null) => {
    if (file === null) return;
    const keys = file.size > 1_000_000 ? null : readKeysFile(await file.text());
    if (keys === null) tell(t("desk.keys.importFailed"));
    else {
      save(keys);
      tell(t("desk.keys.importDone", { count: changedActions(keys).length }));
    }
  };

  return (
    <div className={classes["keys"]} data-testid="keys" ref={list}>
      <div className={classes["tools"]}>
        <TextInput
          className={classes["search"] ?? ""}
          aria-label={t("desk.keys.search")}
          placeholder={t("desk.keys.search")}
          leftSection={<IconSearch size={14} aria-hidden="true" />}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
        <Button variant="default" disabled={changed.length === 0} onClick={resetAll}>
          {t("desk.keys.resetAll")}
        </Button>
        <Button variant="default" onClick={() => saveFile("earmark-keys.json", "application/json", writeKeysFile(chosen))}>
          {t("desk.keys.exported")}
        </Button>
        <FileButton accept="application/json,.json" onChange={(file) => void read(file)} inputProps={{ "aria-hidden": true }}>
          {(props) => (
            <Button variant="default" {...props}>
              {t("desk.keys.imported")}
            </Button>
          )}
        </FileButton>
      </div>
      {shown.length === 0 && <p role="status">{t("desk.keys.none")}</p>}
      {actionGroups.map((group) => {
        const own = shown.filter((id) => definitionOf(id).group === group);
        return (
          own.length > 0 && (
            <section key={group}>
              <h3>{t(`actions.group.${group}`)}</h3>
              <ul>
                {own.map((id) => (
                  <li key={id} data-action={id} data-chosen={changed.includes(id) || undefined}>
                    <div className={classes["row"]}>
                      <span className={classes["name"]}>
                        {t(`actions.${id}`)}
                        {changed.includes(id) && <small>{t("desk.keys.chosen")}</small>}
                      </span>
                      <Chords
                        chords={chordsAmong(chosen, id)}
                        take={(chord) => {
                          save(withoutChord(chosen, id, chord));
                          focusOn(id);
                        }}
                      />
                      <Tooltip label={t("desk.keys.add")}>
                        <ActionIcon
                          data-add={id}
                          aria-label={t("desk.keys.change", { action: t(`actions.${id}`) })}
                          aria-expanded={recording === id}
                          disabled={chordsAmong(chosen, id).length >= mostChords}
                          onClick={() => (recording === id ? end(id) : setRecording(id))}
                        >
                          <IconPlus size={14} aria-hidden="true" />
                        </ActionIcon>
                      </Tooltip>
                      <Tooltip label={t("desk.keys.reset")}>
                        <ActionIcon
                          aria-label={t("desk.keys.resetOf", { action: t(`actions.${id}`) })}
                          disabled={!changed.includes(id)}
                          onClick={() => {
                            save(withUsualKeys(chosen, id));
                            focusOn(id);
                          }}
                        >
                          <IconArrowBackUp size={14} aria-hidden="true" />
                        </ActionIcon>
                      </Tooltip>
                    </div>
                    {recording === id && (
                      <KeyRecorder
                        id={id}
                        chosen={chosen}
                        save={(next) => {
                          save(next);
                          end(id);
                        }}
                        cancel={() => end(id)}
                      />
                    )}
                  </li>
                ))}
              </ul>
            </section>
          )
        );
      })}
    </div>
  );
}

function Chords({ chords, take }: { chords: readonly string[]; take: (chord: string) => void }) {
  const { t } = useTranslation();
  if (chords.length === 0) return <span className={classes["none"]}>{t("desk.keys.noKey")}</span>;
  return (
    <span className={classes["chords"]}>
      {chords.map((chord) => (
        <span key={chord} className={classes["chord"]}>
          <Chord chord={chord} />
          <ActionIcon
            size="xs"
            aria-label={t("desk.keys.take", { keys: chordLabel(chord).join("+") })}
            onClick={() => take(chord)}
          >
            <IconX size={12} aria-hidden="true" />
          </ActionIcon>
        </span>
      ))}
    </span>
  );
}
