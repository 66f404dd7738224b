export { AskDialog } from "./ask-dialog.tsx";
export { AskPanel, askFieldId } from "./ask-panel.tsx";
export { QuestionsPage } from "./questions-page.tsx";
