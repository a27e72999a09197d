import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { base } from "../components/base.js";
import "../components/dialog.js";
import { t } from "../i18n/messages.js";
import { factsStyle } from "./facts-style.js";

/** The QR code of a page of ours in a dialog: a phone opens it. Fires `close`. */
@customElement("vn-qr")
export class VnQr extends LitElement {
  static override styles = [
    base,
    factsStyle,
    css`
      .qr {
        display: grid;
        justify-items: center;
        gap: var(--space-3);
        text-align: center;
      }
      .qr img {
        width: min(15rem, 70vw);
        height: auto;
        aspect-ratio: 1;
        background: #fff;
        border-radius: var(--radius-s);
      }
    `,
  ];

  /** `/places/<id>` or `/deals/<id>`. */
  @property() path = "";
  @property({ type: Boolean }) open = false;
  @property() language = "en";

  override render(): TemplateResult {
    return html`<vn-dialog heading=${t("qr")} .open=${this.open} @close=${() => this.dispatchEvent(new Event("close"))}>
      <div class="qr">
        ${this.open ? html`<img src=${`${this.path}/qr.svg`} alt=${t("qr_alt")} width="240" height="240" />` : nothing}
        <p class="muted">${t("qr_detail")}</p>
      </div>
    </vn-dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-qr": VnQr;
  }
}
