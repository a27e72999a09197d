/** One area while it is edited: what is stored, what stands in the form, and the steps between them. */
import { call, type Area, type BranchInFull, type Mode, type NamedAreaInFull, type Preview, type Version, type VersionHead, type Versions } from "./api.js";
import { bodyOf, formOf, freshDraft, type BandForm, type DraftForm } from "./draft.js";
import { faultOf, formFault, type Fault } from "./faults.js";
import { partsOf, type Parts } from "./rings.js";
import type { ConsoleKey } from "./words.js";

export interface Host {
  requestUpdate: () => void;
}

export interface NewArea {
  name: string;
  mode: Mode;
  position: number;
}

export type Status = "loading" | "ready" | "missing" | "failed";

const FALLBACK_CURRENCY = "EUR";

export class AreaSession {
  status: Status = "loading";
  area: Area | null = null;
  form: DraftForm;
  fresh: NewArea = { name: "", mode: "delivery", position: 0 };
  faults: readonly Fault[] = [];
  preview: Preview | null = null;
  busy = false;
  /** What has just been done. */
  done: ConsoleKey | null = null;
  history: readonly VersionHead[] = [];
  before: number | null = null;
  /** An earlier version that is looked at instead of the form. */
  looked: Version | null = null;
  named: ReadonlyMap<string, Parts> = new Map();
  private stored = "";
  private previewed = "";
  private readonly currency: string;

  constructor(
    private readonly host: Host,
    readonly branch: BranchInFull,
    /** Null for a new area. */
    private id: string | null,
  ) {
    this.currency = branch.currency ?? FALLBACK_CURRENCY;
    this.form = freshDraft(this.currency);
    this.stored = JSON.stringify(this.form);
  }

  get isNew(): boolean {
    return this.area === null;
  }

  get isDirty(): boolean {
    return JSON.stringify(this.form) !== this.stored || (this.isNew && this.fresh.name !== "");
  }

  get isPreviewOld(): boolean {
    return this.preview !== null && this.previewed !== JSON.stringify(this.form);
  }

  async load(): Promise<void> {
    if (this.id === null) {
      this.status = "ready";
      this.host.requestUpdate();
      return;
    }
    try {
      const area = await call<Area>(`merchant/areas/${this.id}`);
      if (area.branch_id !== this.branch.id) {
        this.status = "missing"; // of another branch of theirs, whose zone and currency this is not
        this.host.requestUpdate();
        return;
      }
      this.take(area);
      await this.loadHistory();
      this.status = "ready";
    } catch (error) {
      const fault = faultOf(error);
      this.status = fault.isMissing ? "missing" : "failed";
      this.faults = [fault];
    }
    this.host.requestUpdate();
  }

  change(changes: Partial<DraftForm>): void {
    this.form = { ...this.form, ...changes };
    this.faults = [];
    this.done = null;
    this.looked = null;
    void this.loadNamed(this.form.bands);
    this.host.requestUpdate();
  }

  changeBand(rank: number, changes: Partial<BandForm>): void {
    this.change({ bands: this.form.bands.map((band, index) => (index === rank ? { ...band, ...changes } : band)) });
  }

  changeFresh(changes: Partial<NewArea>): void {
    this.fresh = { ...this.fresh, ...changes };
    this.faults = [];
    this.host.requestUpdate();
  }

  /** Whether it could be previewed. */
  async check(): Promise<boolean> {
    return this.step(async (body) => {
      const asked = JSON.stringify(this.form);
      const mode = this.area?.mode ?? this.fresh.mode;
      const path = `merchant/branches/${this.branch.id}/area-check`;
      this.preview = await call<Preview>(path, { method: "POST", body: { mode, ...(this.area ? { area_id: this.area.id } : {}), draft: body } });
      this.previewed = asked;
    });
  }

  /** Whether it was saved. */
  async save(): Promise<boolean> {
    return this.step(async (body) => {
      await this.store(body);
      this.done = "done_saved";
    });
  }

  async publish(): Promise<boolean> {
    return this.step(async (body) => {
      if (this.area?.draft == null || this.isDirty) await this.store(body);
      await this.post("publish", {});
      this.done = "done_published";
      await this.loadHistory();
    });
  }

  async rollBack(number: number): Promise<boolean> {
    return this.bare(async () => {
      await this.post("roll-back", { number });
      this.done = "done_rolled_back";
      await this.loadHistory();
    });
  }

  async retire(): Promise<boolean> {
    return this.bare(async () => {
      await this.post("retire", {});
      this.done = "done_retired";
      await this.loadHistory();
    });
  }

  /** Forget the draft. True where the whole area went with it. */
  async discard(): Promise<boolean> {
    let gone = false;
    await this.bare(async () => {
      const { area } = this;
      if (area === null) return;
      await call(`merchant/areas/${area.id}/draft`, { method: "DELETE", ifMatch: area.etag });
      gone = this.history.every((version) => version.state === "draft");
      if (gone) {
        this.stored = JSON.stringify(this.form);
        return;
      }
      this.take(await call<Area>(`merchant/areas/${area.id}`));
      this.done = "done_discarded";
      await this.loadHistory();
    });
    return gone;
  }

  async look(number: number): Promise<void> {
    await this.bare(async () => {
      this.looked = await call<Version>(`merchant/areas/${this.id ?? ""}/versions/${number}`);
      await this.loadNamedIds(this.looked.bands.map((band) => band.named_area?.id));
    });
  }

  async moreHistory(): Promise<void> {
    await this.bare(async () => this.loadHistory(this.before));
  }

  private async store(body: object): Promise<void> {
    if (this.area === null) {
      const { name, mode, position } = this.fresh;
      const path = `merchant/branches/${this.branch.id}/areas`;
      this.take(await call<Area>(path, { method: "POST", body: { name, mode, position, draft: body } }));
    } else {
      this.take(await call<Area>(`merchant/areas/${this.area.id}/draft`, { method: "PUT", body, ifMatch: this.area.etag }));
    }
    await this.loadHistory();
  }

  private async post(what: string, body: object): Promise<void> {
    const { area } = this;
    if (area !== null) this.take(await call<Area>(`merchant/areas/${area.id}/${what}`, { method: "POST", body, ifMatch: area.etag }));
  }

  /** What the API answered is what stands in the form from now on. */
  private take(area: Area): void {
    this.area = area;
    this.id = area.id;
    this.looked = null;
    const version = area.draft ?? area.published;
    this.form = version === null ? freshDraft(this.currency) : formOf(version, this.branch.zone, this.currency);
    this.stored = JSON.stringify(this.form);
    this.preview = null;
    void this.loadNamed(this.form.bands);
    void this.loadNamedIds(area.published?.bands.map((band) => band.named_area?.id) ?? []);
  }

  private async loadHistory(before: number | null = null): Promise<void> {
    const page = await call<Versions>(`merchant/areas/${this.id ?? ""}/versions${before === null ? "" : `?before=${before}`}`);
    this.history = before === null ? page.items : [...this.history, ...page.items];
    this.before = page.next_before;
  }

  private async loadNamed(bands: readonly BandForm[]): Promise<void> {
    await this.loadNamedIds(bands.map((band) => (band.shape === "named" ? band.named?.id : undefined)));
  }

  /** The shapes of named areas, for the map. One that does not come is not drawn. */
  private async loadNamedIds(ids: readonly (string | undefined)[]): Promise<void> {
    for (const id of ids) {
      if (id === undefined || this.named.has(id)) continue;
      this.named = new Map(this.named).set(id, []);
      try {
        const { area } = await call<NamedAreaInFull>(`merchant/named-areas/${id}`);
        this.named = new Map(this.named).set(id, partsOf(area));
        this.host.requestUpdate();
      } catch {
        // The form tells its name; the API decides by its shape.
      }
    }
  }

  /** A step with the form's body, which is not taken where the form itself cannot be sent. */
  private async step(take: (body: object) => Promise<void>): Promise<boolean> {
    const { body, faults } = bodyOf(this.form, this.branch.zone);
    if (faults.length === 0) return this.bare(async () => take(body));
    this.faults = faults.map(formFault);
    this.done = null;
    this.host.requestUpdate();
    return false;
  }

  private async bare(take: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.faults = [];
    this.done = null;
    this.host.requestUpdate();
    try {
      await take();
      return true;
    } catch (error) {
      this.faults = [faultOf(error)];
      return false;
    } finally {
      this.busy = false;
      this.host.requestUpdate();
    }
  }
}
