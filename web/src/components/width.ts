import { noChange } from "lit";
import { Directive, directive, type ElementPart, PartType, type PartInfo } from "lit/directive.js";

/** Sets an element's width to a share of its parent's. Lit's styleMap writes a style attribute first, which our policy forbids. */
class WidthDirective extends Directive {
  constructor(info: PartInfo) {
    super(info);
    if (info.type !== PartType.ELEMENT) throw new Error("width() belongs on an element");
  }

  override render(_share: number): typeof noChange {
    return noChange;
  }

  override update(part: ElementPart, [share]: [number]): typeof noChange {
    (part.element as HTMLElement).style.width = `${share * 100}%`;
    return noChange;
  }
}

export const width = directive(WidthDirective);
