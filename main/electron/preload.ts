import { contextBridge, ipcRenderer, webUtils } from "electron";
import { createSurface } from "./preload-surface.ts";

/** The names of the contract, written in when this file is bundled: the schemas stay outside the page's process. */
declare const earmarkCallNames: readonly string[];

contextBridge.exposeInMainWorld("earmark", createSurface(ipcRenderer, webUtils, earmarkCallNames));
