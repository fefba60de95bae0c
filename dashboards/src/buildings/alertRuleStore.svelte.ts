/** The rules of a site's alerts: read, previewed and written, with an undo. */
import { get, Refusal, send } from "../api.ts";
import { Fetched } from "../fetched.svelte.ts";
import { notices } from "../notices.svelte.ts";
import { attempt } from "../task.svelte.ts";
import { type AlertRule, isUsual, type Preview, type Setting, settingOf } from "./alertRules.ts";
import { Stale } from "./sentence.ts";

interface Rules {
  version: number;
  rules: AlertRule[];
}

export class AlertRuleStore extends Fetched {
  found = $state.raw<Rules | null>(null);
  /** What somebody has chosen and not saved, by code. */
  draft = $state.raw<Record<string, Setting>>({});
  preview = $state.raw<Preview | null>(null);
  private readonly path: string;

  constructor(site: string) {
    super();
    this.path = `/sites/${site}/alert-rules`;
    this.refresh();
  }

  refresh = (): Promise<void> =>
    this.load(
      () => get<Rules>(this.path),
      (found) => void (this.found = found),
    );

  set(rule: AlertRule, change: Partial<Setting>): void {
    this.draft = { ...this.draft, [rule.code]: { ...(this.draft[rule.code] ?? settingOf(rule)), ...change } };
    this.preview = null;
  }

  async look(): Promise<void> {
    this.preview = await send<Preview>("POST", `${this.path}/preview`, { rules: this.wanted(this.draft) });
  }

  /** Throws `Stale` where somebody else has written them since they were read; what was chosen here stays. */
  async save(): Promise<void> {
    const before = this.wanted({});
    const version = await this.write(this.wanted(this.draft), this.found!.version);
    this.draft = {};
    this.preview = null;
    notices.show("The rules of the alerts are changed.", "ok", () => attempt(() => this.write(before, version), "Not undone: "));
  }

  /** All that differs from the usual rules, with what is chosen. */
  private wanted(draft: Record<string, Setting>): Record<string, Setting> {
    const all = this.found!.rules.map((rule) => [rule, draft[rule.code] ?? settingOf(rule)] as const);
    return Object.fromEntries(all.filter(([rule, set]) => !isUsual(rule, set)).map(([rule, set]) => [rule.code, set]));
  }

  private async write(rules: Record<string, Setting>, version: number): Promise<number> {
    try {
      const made = await send<Rules>("PUT", this.path, { version, rules });
      await this.refresh();
      return made.version;
    } catch (thrown) {
      if (!(thrown instanceof Refusal && thrown.kind === "stale")) throw thrown;
      await this.refresh();
      throw new Stale();
    }
  }
}
