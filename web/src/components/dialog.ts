import { css, html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";

import { t } from "../i18n/messages.js";
import { base } from "./base.js";
import "./button.js";

/** The browser's own modal dialog: it keeps focus inside, and Escape closes it. Fires `close`. */
@customElement("vn-dialog")
export class VnDialog extends LitElement {
  static override styles = [
    base,
    css`
      dialog {
        width: min(30rem, 100vw - 2rem);
        max-height: min(44rem, 100dvh - 2rem);
        padding: 0;
        border: 1px solid var(--line);
        border-radius: var(--radius-l);
        background: var(--surface);
        color: var(--ink);
        box-shadow: var(--shadow-m);
        overflow: hidden;
      }
      dialog[open] {
        display: flex;
        flex-direction: column;
      }
      dialog::backdrop {
        background: var(--scrim);
      }
      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: var(--space-3);
        padding: var(--space-3) var(--space-3) var(--space-3) var(--space-5);
        border-bottom: 1px solid var(--line);
      }
      h2 {
        font-size: var(--text-l);
        font-weight: 650;
      }
      .body {
        padding: var(--space-5);
        overflow: auto;
        overscroll-behavior: contain;
      }
      footer {
        display: flex;
        justify-content: flex-end;
        gap: var(--space-2);
        padding: var(--space-3) var(--space-5);
        border-top: 1px solid var(--line);
      }
      footer.empty {
        display: none;
      }
      @media (max-width: 40rem) {
        dialog {
          width: 100vw;
          max-width: 100vw;
          max-height: 92dvh;
          margin: auto 0 0;
          border-radius: var(--radius-l) var(--radius-l) 0 0;
        }
      }
    `,
  ];

  @property() heading = "";
  @property({ type: Boolean }) open = false;
  @property({ type: Boolean, attribute: "with-footer" }) withFooter = false;
  @query("dialog") private readonly dialog!: HTMLDialogElement;

  override updated(changed: PropertyValues<this>): void {
    if (!changed.has("open")) return;
    if (this.open && !this.dialog.open) this.dialog.showModal();
    if (!this.open && this.dialog.open) this.dialog.close();
  }

  override render(): TemplateResult {
    return html`<dialog aria-labelledby="heading" @close=${this.closed} @click=${this.clicked}>
      <header>
        <h2 id="heading">${this.heading}</h2>
        <vn-button variant="ghost" icon="close" icon-only label=${t("close")} @click=${this.close}></vn-button>
      </header>
      <div class="body" tabindex="-1"><slot></slot></div>
      <footer class=${this.withFooter ? "" : "empty"}><slot name="footer"></slot></footer>
    </dialog>`;
  }

  private close(): void {
    this.dialog.close();
  }

  private closed(): void {
    this.open = false;
    this.dispatchEvent(new Event("close"));
  }

  /** A click on the backdrop lands on the dialog itself. */
  private clicked(event: MouseEvent): void {
    if (event.target === this.dialog) this.close();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-dialog": VnDialog;
  }
}
