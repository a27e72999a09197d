import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { base } from "../components/base.js";
import "../components/button.js";
import "../components/notice.js";
import "../components/skeleton.js";
import { t } from "../i18n/messages.js";
import { call, type Branch, type Branches, type Invitation, type Merchant } from "./api.js";
import { faultOf } from "./faults.js";
import { pathOf } from "./route.js";
import { consoleStyle } from "./style.js";
import { c, type ConsoleKey } from "./words.js";

interface Page {
  branches: readonly Branch[];
  after: string | null;
}

/** The merchants that one belongs to and their branches, and the invitations that wait. Its links are links. */
@customElement("vn-choose")
export class VnChoose extends LitElement {
  static override styles = [base, consoleStyle];

  @property() email = "";
  @state() private merchants: readonly Merchant[] | null = null;
  @state() private invitations: readonly Invitation[] = [];
  @state() private pages: ReadonlyMap<string, Page> = new Map();
  @state() private failure = "";

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  override render(): TemplateResult {
    const { merchants } = this;
    if (this.failure !== "") {
      return html`<vn-notice role="alert" tone="bad" heading=${c("not_loaded")} detail=${this.failure}><vn-button label=${t("retry")} @click=${() => void this.load()}></vn-button></vn-notice>`;
    }
    if (merchants === null) return html`<vn-skeleton cards="3"></vn-skeleton>`;
    return html`<div class="stack">
      <h1>${c("your_branches")}</h1>
      ${this.invitations.map((invitation) => this.invitation(invitation))}
      ${merchants.length === 0 ? html`<vn-notice heading=${c("no_merchants")} detail=${c("no_merchants_detail", { email: this.email })}></vn-notice>` : nothing}
      ${merchants.map((merchant) => this.merchant(merchant))}
    </div>`;
  }

  private merchant(merchant: Merchant): TemplateResult {
    const page = this.pages.get(merchant.id);
    return html`<section class="stack" aria-label=${merchant.name}>
      <div class="close">
        <h2><bdi>${merchant.name}</bdi></h2>
        <p class="muted">${c("your_role", { role: roleName(merchant.role) })}</p>
      </div>
      ${page === undefined
        ? html`<vn-skeleton cards="1"></vn-skeleton>`
        : html`<ul class="list">
            ${page.branches.map(
              (branch) => html`<li>
                <a class="row" href=${pathOf({ branch: branch.id, area: null }, location.search)}>
                  <strong><bdi>${branch.name}</bdi></strong>
                  <span class="muted"><bdi>${[branch.street, branch.city].filter((part) => part !== "").join(", ")}</bdi></span>
                  ${branch.closed_at === null ? nothing : html`<span class="tags"><span class="tag">${c("branch_closed")}</span></span>`}
                </a>
              </li>`,
            )}
          </ul>`}
      ${page?.branches.length === 0 ? html`<p class="muted">${c("no_branches")}</p>` : nothing}
      ${page?.after ? html`<div class="actions"><vn-button label=${c("more_branches")} @click=${() => void this.more(merchant.id)}></vn-button></div>` : nothing}
    </section>`;
  }

  private invitation(invitation: Invitation): TemplateResult {
    return html`<div class="row stack">
      <p>${c("invited", { merchant: invitation.merchant_name, role: roleName(invitation.role) })}</p>
      <div class="actions"><vn-button variant="primary" label=${c("accept")} @click=${() => void this.accept(invitation)}></vn-button></div>
    </div>`;
  }

  private async load(): Promise<void> {
    this.failure = "";
    try {
      const [mine, invited] = await Promise.all([
        call<{ items: Merchant[] }>("merchant/merchants"),
        call<{ items: Invitation[] }>("merchant/invitations"),
      ]);
      this.merchants = mine.items;
      this.invitations = invited.items;
      await Promise.all(mine.items.map(async ({ id }) => this.more(id)));
    } catch (error) {
      this.failure = faultOf(error).words;
    }
  }

  private async more(merchantId: string): Promise<void> {
    const before = this.pages.get(merchantId);
    const after = before?.after ? `?after=${before.after}` : "";
    try {
      const page = await call<Branches>(`merchant/merchants/${merchantId}/branches${after}`);
      const branches = [...(before?.branches ?? []), ...page.items];
      this.pages = new Map(this.pages).set(merchantId, { branches, after: page.next_after });
    } catch (error) {
      this.failure = faultOf(error).words;
    }
  }

  private async accept({ id }: Invitation): Promise<void> {
    try {
      await call(`merchant/invitations/${id}/accept`, { method: "POST", body: {} });
      await this.load();
    } catch (error) {
      this.failure = faultOf(error).words;
    }
  }
}

export function roleName(role: string): string {
  return c(`role_${role}` as ConsoleKey);
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-choose": VnChoose;
  }
}
