export { useConfirmDelete } from "./confirm-delete.tsx";
export { ImportArea } from "./import-area.tsx";
export { LibraryPage } from "./library-page.tsx";
export { changeView, currentView } from "./view.ts";
