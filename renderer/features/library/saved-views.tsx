import { Button, Menu, Modal, TextInput } from "@mantine/core";
import { IconChevronDown, IconTrash } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { toFailure } from "../../../app/contract/errors.ts";
import type { LibraryLook, SavedView } from "../../../app/contract/library-views.ts";
import { memory, useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { tell, tellFailure } from "../../ui/notices.tsx";
import classes from "./finding.module.css";
import { changeTo, changeView, lookOf, useView } from "./view.ts";

const built = [
  { key: "all", text: "", sortBy: "importedAt" },
  { key: "needsMe", text: "is:mine", sortBy: "importedAt" },
  { key: "failed", text: "is:failed", sortBy: "importedAt" },
  { key: "reviewed", text: "is:reviewed", sortBy: "importedAt" },
] as const;

function isSame(a: LibraryLook, b: LibraryLook): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Views of the library: those always there, those saved, saving the present one. */
export function SavedViews() {
  const { t } = useTranslation();
  const view = useView();
  const views = useCall("view.list", {});
  const [naming, setNaming] = useState(false);
  const [last, setLast] = useState<string | null>(null);
  const readAgain = () => void memory.invalidateQueries({ queryKey: ["view.list"] });
  const save = useAct("view.save", readAgain);
  const remove = useAct("view.delete", readAgain);
  const look = lookOf(view);
  const own = views.data?.views ?? [];
  const chosenBuilt = built.find(({ text }) => text === look.text && look.columns.length === 0);
  const chosen = own.find((one) => isSame(one.look, look));
  const lastOne = own.find(({ id }) => id === last);
  const name = chosen?.name ?? (chosenBuilt === undefined ? t("finding.view.unsaved") : t(`finding.view.${chosenBuilt.key}`));

  const go = (one: SavedView) => {
    setLast(one.id);
    changeView(changeTo(one.look));
  };
  return (
    <>
      <Menu position="bottom-start">
        <Menu.Target>
          <Button
            variant="default"
            aria-label={`${t("finding.views")}: ${name}`}
            rightSection={<IconChevronDown size={14} aria-hidden="true" />}
          >
            <span className={classes["viewName"]}>{name}</span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown className={classes["tall"] ?? ""}>
          <Menu.Label>{t("finding.view.builtIn")}</Menu.Label>
          {built.map(({ key, text, sortBy }) => (
            <Menu.Item
              key={key}
              onClick={() => {
                setLast(null);
                changeView({ text, sortBy, direction: "descending", columns: null, scrollTop: 0 });
              }}
            >
              {t(`finding.view.${key}`)}
            </Menu.Item>
          ))}
          {own.length > 0 && <Menu.Label>{t("finding.view.own")}</Menu.Label>}
          {own.map((one) => (
            <Menu.Item key={one.id} onClick={() => go(one)}>
              {one.name}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={() => setNaming(true)}>{t("finding.view.save")}</Menu.Item>
          {lastOne !== undefined && chosen === undefined && (
            <Menu.Item
              onClick={() =>
                save.mutate(
                  { id: lastOne.id, name: lastOne.name, look },
                  { onSuccess: () => tell(t("finding.view.saved", { name: lastOne.name })) },
                )
              }
            >
              {t("finding.view.update", { name: lastOne.name })}
            </Menu.Item>
          )}
          {chosen !== undefined && (
            <Menu.Item
              color="red"
              leftSection={<IconTrash size={14} aria-hidden="true" />}
              onClick={() =>
                remove.mutate({ id: chosen.id }, { onSuccess: () => tell(t("finding.view.removed", { name: chosen.name })) })
              }
            >
              {t("finding.view.remove", { name: chosen.name })}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <NameView opened={naming} close={() => setNaming(false)} look={look} saved={setLast} readAgain={readAgain} />
    </>
  );
}

function NameView(props: {
  opened: boolean;
  close: () => void;
  look: LibraryLook;
  saved: (id: string) => void;
  readAgain: () => void;
}) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const save = useAct("view.save", undefined, "inPlace");
  const isTaken = save.isError && toFailure(save.error).code === "conflict";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(
      { name, look: props.look },
      {
        onSuccess: ({ id }) => {
          tell(t("finding.view.saved", { name }));
          props.saved(id);
          props.readAgain();
          setName("");
          props.close();
        },
        onError: (failure) => {
          if (toFailure(failure).code !== "conflict") tellFailure(failure);
        },
      },
    );
  };
  return (
    <Modal
      opened={props.opened}
      onClose={props.close}
      title={t("finding.view.saveAs")}
      closeButtonProps={{ "aria-label": t("state.close") }}
    >
      <form onSubmit={submit} className={classes["form"]}>
        <TextInput
          data-autofocus
          label={t("finding.view.name")}
          maxLength={100}
          value={name}
          error={isTaken ? t("finding.view.taken") : undefined}
          onChange={(event) => {
            save.reset();
            setName(event.currentTarget.value);
          }}
        />
        <div className={classes["foot"]}>
          <Button variant="default" onClick={props.close}>
            {t("state.cancel")}
          </Button>
          <Button type="submit" disabled={name.trim() === ""} loading={save.isPending}>
            {t("finding.view.saveAs")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
