import { Kbd, Modal } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { Link } from "wouter";
import { useTranslation } from "../text/index.ts";
import {
  actionGroups,
  actionIds,
  availableActions,
  chordLabel,
  chordsOf,
  definitionOf,
  fixedKeys,
  onActionsChange,
} from "./actions/index.ts";
import classes from "./keys-overlay.module.css";

/** The list of keys, opened with `?`: every action with the chords that run it now, by groups. */
export function KeysOverlay({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useTranslation();
  // Drawn anew when somebody chooses other keys.
  useSyncExternalStore(onActionsChange, availableActions);
  const rowsOf = (group: (typeof actionGroups)[number]) => [
    ...actionIds
      .filter((id) => definitionOf(id).group === group && chordsOf(id).length > 0)
      .map((id) => ({ id, label: t(`actions.${id}`), keys: chordsOf(id) })),
    ...fixedKeys.filter((each) => each.group === group).map(({ id, keys }) => ({ id, label: t(`actions.${id}`), keys })),
  ];
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t("keys.title")}
      size="xl"
      closeButtonProps={{ "aria-label": t("state.close") }}
    >
      <p className={classes["change"]}>
        <Link href="/settings#keys" onClick={close}>
          {t("actions.app.keysSettings")}
        </Link>
      </p>
      <div className={classes["groups"]}>
        {actionGroups.map((group) => (
          <section key={group}>
            <h3>{t(`actions.group.${group}`)}</h3>
            <dl className={classes["rows"]}>
              {rowsOf(group).map(({ id, label, keys }) => (
                <div key={id}>
                  <dt>{label}</dt>
                  <dd>
                    {keys.map((chord) => (
                      <Chord key={chord} chord={chord} />
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}

/** A chord as keys to press. */
export function Chord({ chord }: { chord: string }) {
  return (
    <span>
      {chordLabel(chord).map((part) => (
        <Kbd key={part} size="xs">
          {part}
        </Kbd>
      ))}
    </span>
  );
}
