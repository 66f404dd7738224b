export { EngineChoice } from "./engine-choice.tsx";
export { SettingsPage } from "./settings-page.tsx";
