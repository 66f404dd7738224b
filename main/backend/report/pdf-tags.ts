import type PDFDocument from "pdfkit";

type Pdf = InstanceType<typeof PDFDocument>;

/** An element of a PDF's structure: what a reader with a screen reader moves by. */
export type Element = ReturnType<Pdf["struct"]>;

/** What pdfkit keeps of an object of the file, and its types do not say. */
interface Kept {
  data: unknown;
  end(): void;
}

/** The tree by which a page's marked content finds its elements. */
interface ParentTree {
  get(key: number): unknown;
  add(key: number, value: unknown): void;
}

/** The structure of a PDF, written as it comes. */
export interface PdfTags {
  readonly root: Element;
  /** Adds an element at the end of another; of the whole unless told. `scope` is that of a table's head cell. */
  open(tag: string, parent?: Element, scope?: "Column" | "Row"): Element;
  /** Ends an element with all that is in it, and writes it. */
  close(element: Element): void;
  /** Draws something that belongs to an element, in its order. */
  content(element: Element, tag: string, draw: () => void): void;
  /** Draws something that no reader has to know of. */
  artifact(type: "Pagination" | "Layout", draw: () => void): void;
  /** Begins another page; what is known of the one before is written. */
  addPage(): void;
  end(): void;
}

/**
 * Begins the structure of a PDF. pdfkit keeps each element and each page until the document ends, because others may point at them;
 * of what has been written, nothing but its number is kept here.
 */
export function pdfTags(pdf: Pdf): PdfTags {
  const root = pdf.struct("Document");
  pdf.addStructure(root);
  const forget = (written: unknown): void => {
    // That it has a parent is what its parent asks of it, once more, before it is written itself.
    (written as Kept).data = { P: true };
  };
  const { getStructParentTree } = pdf as unknown as { getStructParentTree(this: Pdf): ParentTree };
  const parents = getStructParentTree.call(pdf);
  let page: { readonly structParentTreeKey: number; readonly dictionary: unknown } | null = null;
  /** Which elements the content of the page belongs to is an object of the file by itself. */
  const closePage = (): void => {
    if (page === null) return;
    const key = page.structParentTreeKey;
    const written = pdf.ref(parents.get(key) as object) as unknown as Kept;
    written.end();
    forget(written);
    parents.add(key, written);
  };

  return {
    root,
    open(tag, parent = root, scope) {
      const element = pdf.struct(tag, (scope === undefined ? {} : { scope }) as object);
      parent.add(element);
      return element;
    },
    close(element) {
      element.end();
      forget((element as unknown as { readonly dictionary: Kept }).dictionary);
    },
    content(element, tag, draw) {
      element.add(pdf.markStructureContent(tag));
      draw();
      pdf.endMarkedContent();
    },
    artifact(type, draw) {
      pdf.markContent("Artifact", { type });
      draw();
      pdf.endMarkedContent();
    },
    addPage() {
      closePage();
      const before = page;
      pdf.addPage();
      if (before !== null) forget(before.dictionary);
      page = pdf.page as unknown as NonNullable<typeof page>;
    },
    end() {
      closePage();
      root.end();
    },
  };
}
