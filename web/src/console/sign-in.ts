import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import type { Schemas } from "../api/client.js";
import { base } from "../components/base.js";
import "../components/button.js";
import { t } from "../i18n/messages.js";
import { call, type Account } from "./api.js";
import { faultOf, type Fault } from "./faults.js";
import { consoleStyle } from "./style.js";
import { c } from "./words.js";

type Answer = Partial<Schemas["SessionShape"]>;

/** By password, or by a code that is mailed. Fires `signed-in` with the account. */
@customElement("vn-sign-in")
export class VnSignIn extends LitElement {
  static override styles = [base, consoleStyle];

  @state() private step: "password" | "code" | "confirm" = "password";
  @state() private email = "";
  @state() private fault: Fault | null = null;
  @state() private busy = false;

  override render(): TemplateResult {
    return html`<form class="stack" novalidate @submit=${this.submitted}>
      <h1>${c("sign_in")}</h1>
      ${this.step === "confirm" ? this.codeField() : this.addressFields()}
      ${this.fault ? html`<p class="alert" role="alert">${this.fault.words}</p>` : nothing}
      <div class="actions">
        <vn-button variant="primary" label=${this.label()} ?disabled=${this.busy} @click=${this.submit}></vn-button>
        <button hidden type="submit" tabindex="-1" aria-hidden="true"></button>
      </div>
      ${this.otherWay()}
    </form>`;
  }

  private addressFields(): TemplateResult {
    return html`<label
        >${c("email")}
        <input type="email" name="email" autocomplete="username" inputmode="email" required .value=${this.email} @input=${this.typed} />
      </label>
      ${this.step === "password"
        ? html`<label>${c("password")}<input type="password" name="password" autocomplete="current-password" required /></label>`
        : html`<p class="muted">${c("code_way_detail")}</p>`}`;
  }

  private codeField(): TemplateResult {
    return html`<p>${c("code_sent", { email: this.email })}</p>
      <label>${c("code")}<input name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="20" required /></label>`;
  }

  private otherWay(): TemplateResult {
    if (this.step === "password") return html`<button type="button" class="link" @click=${() => this.go("code")}>${c("by_code")}</button>`;
    if (this.step === "code") return html`<button type="button" class="link" @click=${() => this.go("password")}>${c("by_password")}</button>`;
    return html`<button type="button" class="link" @click=${() => this.go("code")}>${c("code_again")}</button>`;
  }

  private label(): string {
    if (this.busy) return t("loading");
    return this.step === "code" ? c("send_code") : c("sign_in");
  }

  private readonly typed = (event: Event): void => {
    this.email = (event.target as HTMLInputElement).value;
  };

  private go(step: "password" | "code" | "confirm"): void {
    this.step = step;
    this.fault = null;
    void this.updateComplete.then(() => this.renderRoot.querySelector("input")?.focus());
  }

  private submit(): void {
    this.renderRoot.querySelector("form")?.requestSubmit();
  }

  private readonly submitted = (event: SubmitEvent): void => {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    const text = (name: string): string => {
      const value = given.get(name);
      return typeof value === "string" ? value.trim() : "";
    };
    void this.take(text("password"), text("code"));
  };

  private async take(password: string, code: string): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.fault = null;
    try {
      const [path, body] =
        this.step === "confirm"
          ? (["confirm", { code }] as const)
          : this.step === "code"
            ? (["code", { email: this.email.trim() }] as const)
            : (["password", { email: this.email.trim(), password }] as const);
      const answer = await call<Answer>(`auth/browser/${path}`, { method: "POST", body });
      if (answer.account) this.dispatchEvent(new CustomEvent<Account>("signed-in", { detail: answer.account }));
      else this.go("confirm");
    } catch (error) {
      this.fault = faultOf(error);
    } finally {
      this.busy = false;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-sign-in": VnSignIn;
  }
}
