/** What a form does: one thing at a time; a fault is shown above the form, and beside the fields that it is about. */
import { tick } from "svelte";
import { Refusal } from "../api.ts";
import { faultText } from "./faultText.ts";

export class FormTask {
  busy = $state(false);
  fault = $state("");
  /** What is wrong with each field, by its name in the API. */
  errors = $state.raw<Record<string, string>>({});
  /** Where the fault is shown; it takes the focus. */
  summary = $state.raw<HTMLElement>();
  private readonly names: Record<string, string>;

  /** `names`: what the fault calls the fields. */
  constructor(names: Record<string, string> = {}) {
    this.names = names;
  }

  async run(work: () => Promise<unknown>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.clear();
    try {
      await work();
    } catch (thrown) {
      await this.fail(faultText(thrown, this.names), fieldErrors(thrown));
    } finally {
      this.busy = false;
    }
  }

  async fail(fault: string, errors: Record<string, string> = {}): Promise<void> {
    this.fault = fault;
    this.errors = errors;
    await tick();
    this.summary?.focus();
  }

  clear(): void {
    this.fault = "";
    this.errors = {};
  }
}

function fieldErrors(thrown: unknown): Record<string, string> {
  const errors = thrown instanceof Refusal ? thrown.errors : [];
  return Object.fromEntries(errors.map(({ field, message }) => [field, `${message[0]!.toUpperCase()}${message.slice(1)}.`]));
}
