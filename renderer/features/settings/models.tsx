import { Button, Loader, Modal, Progress, TextInput } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconFolderPlus } from "@tabler/icons-react";
import { useState } from "react";
import type { ModelView, Precision } from "../../../app/contract/views.ts";
import { memory, useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { tell } from "../../ui/notices.tsx";
import { FailureNote } from "../../ui/states.tsx";
import { percent, size } from "../../ui/time.ts";
import classes from "./settings.module.css";
import { TypedText } from "./settings-page.tsx";

const reread = () => void memory.invalidateQueries({ queryKey: ["models.list"] });

/** The models: what each adds, where it comes from, and whether it is here. */
export function Models({
  precision,
  mirror,
  setMirror,
}: {
  /** The one that is set; null where nobody chose. */
  precision: Precision | null;
  mirror: string | null;
  setMirror: (mirror: string | null) => void;
}) {
  const { t } = useTranslation();
  const list = useCall("models.list", {});
  if (list.data === undefined) return list.isError ? <FailureNote live failure={list.error} /> : <Loader size="sm" />;
  return (
    <>
      <ul className={classes["models"]} aria-label={t("settings.models")}>
        {list.data.models.map((model) => (
          <Model key={model.id} model={model} precision={precision} />
        ))}
      </ul>
      <p className={classes["quiet"]}>{t("settings.folder", { path: list.data.folder })}</p>
      <AddFolder />
      <TypedText
        label={t("settings.mirror")}
        description={t("settings.mirrorNote")}
        value={mirror ?? ""}
        save={(value) => setMirror(value === "" ? null : value)}
      />
    </>
  );
}

function Model({ model, precision }: { model: ModelView; precision: Precision | null }) {
  const { t } = useTranslation();
  const { id, name } = model;
  const fetching = useAct("models.fetch", reread, "inPlace");
  const cancel = useAct("models.cancel", reread, "inPlace");
  const verify = useAct(
    "models.verify",
    (answer) => {
      reread();
      if (answer.model.state !== "installed") return;
      tell(t("settings.verified", { name }));
    },
    "inPlace",
  );
  const remove = useAct("models.remove", reread, "inPlace");
  const failure = model.failure ?? fetching.error ?? verify.error ?? remove.error ?? cancel.error;
  const here = model.state === "installed" || model.state === "damaged";
  const fetchable = model.source !== null && (model.state === "absent" || model.state === "damaged");
  // Here, and not in the precision that is set.
  const lacking =
    model.state === "installed" ? model.variants?.find((one) => one.precision === precision && !one.installed) : undefined;
  return (
    <li className={classes["model"]} data-model={id} data-state={model.state}>
      <div className={classes["modelText"]}>
        <div className={classes["modelName"]}>
          <strong>{name}</strong>
          <span className={classes["modelState"]} data-state={model.state}>
            {t(`settings.modelState.${model.state}`)}
          </span>
        </div>
        <p>
          {t(`settings.adds.${model.task}`)} {model.limited && <em className={classes["limited"]}>{t("settings.limited")}.</em>}
        </p>
        <p className={classes["quiet"]}>
          {[
            size(model.bytes),
            ...(model.precision ? [t(`settings.precisionOf.${model.precision}`)] : []),
            t("settings.licence", { licence: model.licence }),
            model.source ?? t("settings.noSource"),
          ].join(" · ")}
        </p>
        {model.state === "fetching" && (
          <div className={classes["fetching"]}>
            <Progress
              value={(model.progress ?? 0) * 100}
              size="sm"
              aria-label={t("settings.modelProgress", { name, percent: percent(model.progress ?? 0) })}
            />
            <span className="numeric">{percent(model.progress ?? 0)}</span>
          </div>
        )}
        {failure !== null && <FailureNote failure={failure} />}
      </div>
      <div className={classes["modelActions"]}>
        {fetchable && (
          <Button
            variant="default"
            loading={fetching.isPending}
            aria-label={t("settings.fetchOf", { name })}
            title={t("settings.fetchNote", { source: model.source ?? "" })}
            onClick={() => fetching.mutate({ id })}
          >
            {t("settings.fetch")}
          </Button>
        )}
        {lacking !== undefined && (
          <Button
            variant="default"
            loading={fetching.isPending}
            aria-label={`${t("settings.fetchPrecision", { precision: t(`settings.precisionOf.${lacking.precision}`) })}: ${name}`}
            title={`${t("settings.fetchNote", { source: model.source ?? "" })} (${size(lacking.bytes)})`}
            onClick={() => fetching.mutate({ id, precision: lacking.precision })}
          >
            {t("settings.fetchPrecision", { precision: t(`settings.precisionOf.${lacking.precision}`) })}
          </Button>
        )}
        {model.state === "fetching" && (
          <Button variant="default" aria-label={t("settings.stopOf", { name })} onClick={() => cancel.mutate({ id })}>
            {t("settings.stop")}
          </Button>
        )}
        {here && (
          <>
            <Button
              variant="subtle"
              color="gray"
              loading={verify.isPending}
              aria-label={t("settings.verifyOf", { name })}
              onClick={() => verify.mutate({ id })}
            >
              {t("settings.verify")}
            </Button>
            <Button
              variant="subtle"
              color="red"
              aria-label={t("settings.removeOf", { name })}
              onClick={() =>
                modals.openConfirmModal({
                  title: t("settings.removeTitle", { name }),
                  children: t("settings.removeBody"),
                  labels: { confirm: t("settings.remove"), cancel: t("state.cancel") },
                  confirmProps: { color: "red.8" },
                  closeButtonProps: { "aria-label": t("state.close") },
                  onConfirm: () => remove.mutate({ id }),
                })
              }
            >
              {t("settings.remove")}
            </Button>
          </>
        )}
      </div>
    </li>
  );
}

/** Adds models from a folder: by the system's dialog where the shell has one, else by its path. */
function AddFolder() {
  const { t } = useTranslation();
  const state = useCall("app.state", {});
  const [asking, setAsking] = useState(false);
  const [path, setPath] = useState("");
  const add = useAct(
    "models.add",
    ({ added }) => {
      reread();
      setAsking(false);
      tell(added.length === 0 ? t("settings.addedNone") : t("settings.added", { count: added.length, names: added.join(", ") }));
    },
    "inPlace",
  );
  return (
    <div>
      <Button
        variant="default"
        leftSection={<IconFolderPlus size={14} aria-hidden="true" />}
        onClick={() => (state.data?.capabilities.nativeFolderDialog === true ? add.mutate({}) : setAsking(true))}
      >
        {t("settings.addFolder")}
      </Button>
      {!asking && add.isError && <FailureNote live failure={add.error} />}
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={t("settings.addFolder")}
        closeButtonProps={{ "aria-label": t("state.close") }}
      >
        <form
          className={classes["folderForm"]}
          onSubmit={(event) => {
            event.preventDefault();
            if (path.trim() !== "") add.mutate({ path: path.trim() });
          }}
        >
          <TextInput
            data-autofocus
            label={t("settings.addFolderPath")}
            value={path}
            onChange={(event) => setPath(event.currentTarget.value)}
          />
          {add.isError && <FailureNote live failure={add.error} />}
          <div className={classes["folderButtons"]}>
            <Button variant="default" onClick={() => setAsking(false)}>
              {t("state.cancel")}
            </Button>
            <Button type="submit" loading={add.isPending}>
              {t("settings.add")}
            </Button>
          </div>
        </form>
      </Modal>
    </div>
  );
}
