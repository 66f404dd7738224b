import { Kbd, Modal } from "@mantine/core";
import { useTranslation } from "../text/index.ts";
import classes from "./keys-overlay.module.css";

type Keys = readonly (readonly string[])[];

/** The list of keys, opened with `?`. Each row: what it does, and the combinations that do it. */
export function KeysOverlay({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useTranslation();
  const groups: readonly { title: string; rows: readonly (readonly [string, Keys])[] }[] = [
    {
      title: t("keys.review"),
      rows: [
        [t("keys.playPause"), [["Space"]]],
        [t("keys.playPauseAnywhere"), [["Ctrl", "Space"], ["Esc"]]],
        [t("keys.second"), [["←"], ["→"]]],
        [
          t("keys.fiveSeconds"),
          [
            ["Shift", "←"],
            ["Shift", "→"],
          ],
        ],
        [t("keys.three"), [["F1"], ["F2"]]],
        [t("keys.speed"), [["F3"], ["F4"]]],
        [
          t("keys.turn"),
          [
            ["Alt", "↑"],
            ["Alt", "↓"],
          ],
        ],
        [t("keys.replay"), [["R"]]],
        [t("keys.doubt"), [["F8"], ["Shift", "F8"]]],
        [t("keys.follow"), [["F"]]],
        [t("keys.find"), [["Ctrl", "F"]]],
        [t("keys.findStep"), [["Enter"], ["Shift", "Enter"]]],
        [t("keys.undo"), [["Ctrl", "Z"]]],
        [t("keys.zoom"), [["+"], ["−"], ["0"]]],
      ],
    },
    {
      title: t("keys.transcript"),
      rows: [
        [t("keys.enterWords"), [["Enter"]]],
        [t("keys.playWord"), [["Enter"]]],
        [t("keys.words"), [["←"], ["→"]]],
        [t("keys.wordTurns"), [["↑"], ["↓"]]],
      ],
    },
    {
      title: t("keys.library"),
      rows: [
        [t("keys.searchBox"), [["/"]]],
        [t("keys.upDown"), [["↑"], ["↓"]]],
        [t("keys.pages"), [["PageUp"], ["PageDown"], ["Home"], ["End"]]],
        [t("keys.open"), [["Enter"]]],
        [t("keys.select"), [["Space"]]],
        [t("keys.deleteRow"), [["Delete"]]],
      ],
    },
    { title: t("keys.everywhere"), rows: [[t("keys.help"), [["?"]]]] },
  ];
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t("keys.title")}
      size="xl"
      closeButtonProps={{ "aria-label": t("state.close") }}
    >
      <div className={classes["groups"]}>
        {groups.map((group) => (
          <section key={group.title}>
            <h3>{group.title}</h3>
            <dl className={classes["rows"]}>
              {group.rows.map(([does, combinations]) => (
                <div key={does}>
                  <dt>{does}</dt>
                  <dd>
                    {combinations.map((keys) => (
                      <span key={keys.join("+")}>
                        {keys.map((key) => (
                          <Kbd key={key} size="xs">
                            {key}
                          </Kbd>
                        ))}
                      </span>
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
