/** State of the booking form: its values, what is derived from them, and their errors. */
import type { Refusal } from "../api.ts";
import { durationText, localDateTime, parseClock, parseDay } from "../dateTimeInput.ts";
import { estate } from "../estate.svelte.ts";
import { plural } from "../language.ts";
import type { Booking, BookingCreate, Check, Proposal } from "../model.ts";
import { serverClock } from "../serverClock.svelte.ts";
import { session } from "../session.svelte.ts";
import { clockOf, dayOf, dayPlus, fieldDay, instantOf, longDay, MINUTE, utcMidnight } from "../zone.ts";
import type { DayStore } from "./dayStore.svelte.ts";
import { DebouncedQuery } from "./debouncedQuery.svelte.ts";
import { type FormDraft, formDrafts } from "./formDrafts.ts";
import { checkedFields, defaultSlot, detailsOf, emptyForm, type FieldError, fieldErrors, formOf, type FormValues, nonEmpty } from "./formValues.ts";
import type { Span } from "./geometry.ts";
import { Recurrence } from "./recurrence.svelte.ts";
import type { Scope } from "./series.ts";

/** Fields that have another name on the server. */
const RENAMED: Record<string, string> = { starts: "from", ends: "to", first_starts: "from", first_ends: "to" };
const FAR_DAYS = 366;

export class BookingFormState {
  readonly dayStore: DayStore;
  /** The booking to change, as it was when the form was opened; null for a new one. */
  readonly opened: Booking | null;
  readonly home: string;
  private readonly initial: FormValues;
  private readonly draftKey: readonly [user: string, site: string, booking: string];
  private readonly openedAt: number;

  /** The booking that changes are compared with: as opened, or as somebody else saved it since. */
  base = $state.raw<Booking | null>(null);
  form = $state.raw({} as FormValues);
  recurrence = $state.raw(new Recurrence());
  /** A room of another building, if such a proposal was accepted. */
  otherSite = $state.raw<Proposal | null>(null);
  overrule = $state(false);
  scope = $state<Scope>("one");
  /** What was typed earlier and left without saving. */
  draft = $state.raw<FormDraft | null>(null);
  /** Whether the button was pressed: then all errors are shown. */
  submitted = $state(false);
  /** Changed fields that lost the focus: their errors are shown immediately. */
  private leftFields = $state.raw<ReadonlySet<string>>(new Set());
  /** How many dates of a series would be booked; null while unknown. */
  dateCount = $state<number | null>(null);
  refusal = $state.raw<Refusal | null>(null);
  readonly check = new DebouncedQuery<Check>();

  readonly site = $derived.by(() => this.otherSite?.site ?? this.dayStore.site.id);
  readonly zone = $derived.by(() => this.zoneOf(this.site));
  readonly today = $derived.by(() => dayOf(serverClock.now ?? this.openedAt, this.zone));
  readonly room = $derived.by(() => (this.otherSite ? undefined : this.dayStore.space(this.form.space)));
  readonly before = $derived.by(() => this.base && formOf(this.base, this.home));
  readonly sameTime = $derived.by(() => {
    const { form, before } = this;
    return before !== null && form.date === before.date && form.from === before.from && form.to === before.to;
  });
  readonly day = $derived.by(() => {
    const { form, opened, today } = this;
    return opened ? parseDay(form.date, this.dayStore.day) : parseDay(form.date, dayPlus(today, -1), "next");
  });
  readonly starts = $derived(parseClock(this.form.from));
  readonly ends = $derived(parseClock(this.form.to));
  private readonly empty = $derived(this.starts !== null && this.starts === this.ends && !this.sameTime);
  readonly nextDay = $derived(this.starts !== null && this.ends !== null && this.ends < this.starts);
  readonly times = $derived.by(() => {
    const { day, starts, ends } = this;
    if (!day || starts === null || ends === null || this.empty) return null;
    return { starts: localDateTime(day, starts), ends: localDateTime(day, this.nextDay ? ends + 1440 : ends) };
  });
  /** "4 hours": real time from start to end, also when the clocks change. */
  readonly duration = $derived.by(() => {
    const { day, starts, ends, zone } = this;
    if (!day || starts === null || ends === null) return "";
    const [from, to] = [instantOf(day, starts, zone), instantOf(dayPlus(day, this.nextDay ? 1 : 0), ends, zone)];
    return from !== null && to !== null ? durationText((to - from) / MINUTE) : "";
  });
  readonly repeating = $derived.by(() => !this.opened && !this.otherSite && this.recurrence.kind !== "");
  private readonly unreadable = $derived(fieldErrors(this.form));
  /** The request in the form; null while the form is invalid. */
  readonly request = $derived.by<BookingCreate | null>(() =>
    this.times && !this.unreadable.length ? { ...detailsOf(this.form), ...this.times } : null,
  );
  /** The fields of a single booking that are checked, as JSON; empty while the form is invalid, and for a series. */
  readonly question = $derived.by(() => {
    if (!this.request || this.repeating || this.scope !== "one") return "";
    return JSON.stringify({
      ...checkedFields(nonEmpty(this.request)),
      ...(this.sameTime && this.base ? { starts: this.base.starts, ends: this.base.ends } : this.times),
      ...(this.opened ? { id: this.opened.id } : {}),
      ...(this.overrule ? { overrule: true } : {}),
    });
  });
  readonly verb = $derived.by(() => {
    if (this.opened) return "Save";
    if (this.question && this.check.value?.needs_approval) return "Ask for it";
    return this.repeating && this.dateCount ? plural(this.dateCount, `Book ${this.dateCount} date`, `Book ${this.dateCount} dates`) : "Book";
  });
  /** Errors in what was typed. */
  readonly ownErrors: FieldError[] = $derived.by(() => {
    const { form, day, today, ends } = this;
    const { repeating, recurrence } = this;
    return [
      !form.title.trim() && { field: "title", text: "Say what it is for." },
      !day && { field: "date", text: `Write the date like ${fieldDay(this.dayStore.day)}.` },
      day && day < dayPlus(today, -1) && form.date !== this.before?.date && { field: "date", text: `${longDay(day)} is over. Write a day to come.` },
      this.starts === null && { field: "from", text: "Write the start like 18:00." },
      ends === null && { field: "to", text: "Write the end like 20:00." },
      this.empty && { field: "to", text: `It would end as it starts, at ${clockOf(ends ?? 0)}. Write a later end.` },
      ...this.unreadable,
      ...(repeating && day ? recurrence.faults(day) : []),
      repeating && this.dateCount === 0 && { field: "repeats", text: "None of its dates would be booked: choose another time or room, or what to do with its dates." },
    ].filter((one): one is FieldError => Boolean(one));
  });
  /** Errors from the server, by field. */
  readonly serverErrors: FieldError[] = $derived.by(() => {
    const { day, today } = this;
    const far = day && Math.abs(utcMidnight(day) - utcMidnight(today)) > FAR_DAYS * 1440 * MINUTE;
    return [...(this.check.refusal?.errors ?? []), ...(this.refusal?.errors ?? [])].flatMap(({ field, message }) => {
      const name = RENAMED[field] ?? field;
      const here = far && field in RENAMED ? "date" : name === "rule" || name in this.initial ? name : "";
      return here ? [{ field: here, text: message.charAt(0).toUpperCase() + message.slice(1) }] : [];
    });
  });
  readonly dirty = $derived.by(() => JSON.stringify(this.form) !== JSON.stringify(this.initial));

  /**
   * Reads the booking (or the chosen free time) once. A save sends only what differs from that, so that it overwrites
   * nothing that others saved meanwhile. `fresh` without a space: the form suggests room and time.
   */
  constructor(dayStore: DayStore, booking: Booking | null, fresh: ({ space: string } & Span) | null) {
    const first = fresh?.space ? fresh : defaultSlot(dayStore.spaces, dayStore.modes, dayStore.span, serverClock.now ?? 0);
    this.dayStore = dayStore;
    this.opened = this.base = booking;
    this.home = dayStore.zone;
    this.openedAt = first.from;
    this.initial = booking ? formOf(booking, this.home) : emptyForm(first.space, first.from, first.to, this.home);
    this.draftKey = [session.user, dayStore.site.id, booking?.id ?? ""];
    const draft = formDrafts.find(...this.draftKey);
    this.form = this.initial;
    if (draft?.open) this.fill(draft);
    else this.draft = draft;
  }

  zoneOf(site: string): string {
    return estate.sites?.find(({ id }) => id === site)?.zone ?? this.home;
  }

  nameOf(space: string): string {
    return (this.otherSite ? undefined : this.dayStore.space(space)?.name) ?? (space === this.otherSite?.space ? this.otherSite.name : space);
  }

  set(values: Partial<FormValues>): void {
    this.form = { ...this.form, ...values };
  }

  chooseRoom(space: string): void {
    this.otherSite = null;
    this.set({ space, layout: null });
  }

  /** Fills in a proposal, also of a room in another building. */
  take(one: Proposal): void {
    this.otherSite = one.site === this.dayStore.site.id ? null : one;
    const { date, from, to } = emptyForm(one.space, Date.parse(one.starts), Date.parse(one.ends), this.zoneOf(one.site));
    this.set({ space: one.space, layout: one.layout, date, from, to, ...(this.otherSite ? { equipment: {} } : {}) });
  }

  /** The errors to show now; `own` may hold more than those of this form. */
  shownErrors(own: readonly FieldError[]): FieldError[] {
    return [...own.filter(({ field }) => this.submitted || this.leftFields.has(field)), ...this.serverErrors];
  }

  leaveField(field: string): void {
    this.leftFields = new Set(this.leftFields).add(field);
  }

  /** Stores what was typed, or removes the stored draft if nothing was. `open`: whether the form is still open. */
  keepDraft(open: boolean): void {
    if (this.dirty) formDrafts.put(...this.draftKey, { form: this.form, recurrence: this.recurrence.values(), open });
    else if (!this.draft) this.forgetDraft();
  }

  forgetDraft(): void {
    formDrafts.forget(...this.draftKey);
  }

  restoreDraft(): void {
    if (this.draft) this.fill(this.draft);
    this.discardDraft();
  }

  discardDraft(): void {
    this.draft = null;
    this.forgetDraft();
  }

  private fill(draft: FormDraft): void {
    this.form = draft.form;
    this.recurrence = Recurrence.of(draft.recurrence);
  }
}
