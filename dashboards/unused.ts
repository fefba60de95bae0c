/**
 * What of Svelte's runtime these pages never use: nothing in their markup waits for a promise, nothing is animated,
 * nothing was rendered on a server, no state is watched deep within. `lean.ts` leaves it out of the build, and refuses
 * what would need it.
 */
export interface Unused {
  /** Its path under svelte/src/. */
  file: string;
  /** Expressions and statements by their text, and what they come to. */
  is?: Record<string, string>;
  /** Functions, methods and fields by name, and what is left of them: nothing where they are never used. */
  bodies?: Record<string, string>;
}

const NO = "false";
const YES = "true";

export const UNUSED: Unused[] = [
  {
    // Ways of working that are switched on elsewhere.
    file: "internal/flags/index.js",
    is: { "export let ": "export const " },
    bodies: {
      enable_async_mode_flag: "",
      disable_async_mode_flag: "",
      enable_legacy_mode_flag: "",
      enable_tracing_mode_flag: "",
    },
  },
  {
    // Batches that wait for promises, and others that come in between meanwhile.
    file: "internal/client/reactivity/batch.js",
    is: {
      "this.#is_deferred()": NO,
      "this.#find_earlier_batch()": "null",
      "this.#skipped_branches.has(effect)": NO,
      "effect.b?.is_pending": NO,
      "this.#pending === 0": YES,
      "for (const fn of this.#commit_callbacks) fn(this);": "",
      "this.#commit_callbacks.clear();": "",
      "this.#deferred?.resolve();": "",
      "this.#dirty_reactions.clear();": "",
      "for (const [e, status] of this.#dirty_reactions) {": "for (const [e, status] of this.#dirty_reactions) if (false) {",
      "if ((flags & BLOCK_EFFECT) !== 0) this.add_dirty_reaction(effect, MAYBE_DIRTY);": "",
      "this.#unlink();": "",
      "this.discard();": "",
      "this.apply();": "",
    },
    bodies: {
      id: "",
      linked: "",
      prev: "",
      next: "",
      async_deriveds: "",
      current: "",
      previous: "",
      is_fork: "",
      constructor: "",
      "#is_deferred": "",
      "#is_skipped": "",
      skip_effect: "",
      unskip_effect: "",
      "#find_earlier_batch": "",
      "#intersects": "",
      "#merge": "",
      "#defer_effects": "",
      "#commit": "",
      capture: "source.v = value;",
      activate: "",
      deactivate: "",
      discard: "",
      register_created_effect: "",
      increment: "",
      decrement: "",
      transfer_reactions: "",
      add_dirty_reaction: "",
      oncommit: "",
      ondiscard: "",
      settled: "",
      apply: "",
      "#unlink": "",
    },
  },
  {
    file: "internal/client/reactivity/async.js",
    bodies: {
      flatten: "fn(sync.map(derived));",
      increment_pending: "",
      unset_context: "",
    },
  },
  {
    file: "internal/client/reactivity/deriveds.js",
    is: { "current_batch?.is_fork": NO, "batch_values !== null": NO, "e.ac !== null": NO, "e.teardown || e.ac": "e.teardown" },
  },
  {
    file: "internal/client/reactivity/sources.js",
    is: {
      "is_runes()": YES,
      "batch_values === null": YES,
      "batch_values?.delete(derived);": "",
      "!batch.is_fork && eager_effects.size > 0 && !eager_effects_deferred": NO,
      "(flags & EAGER_EFFECT) !== 0": NO,
      "(!untracking || (active_reaction.f & EAGER_EFFECT) !== 0)": "!untracking",
    },
  },
  {
    file: "internal/client/runtime.js",
    is: {
      "is_runes()": YES,
      "batch_values === null": YES,
      "batch_values?.has(signal)": NO,
      "current_batch?.is_fork": NO,
      "captured_signals?.add(signal);": "",
      "reaction.ac !== null": NO,
      "derived.ac !== null": NO,
    },
  },
  {
    // Transitions: what goes, goes at once.
    file: "internal/client/reactivity/effects.js",
    is: {
      "current_batch?.register_created_effect(effect);": "",
      "(parent.f & INERT) !== 0": NO,
      "(remove_dom || (effect.f & HEAD_EFFECT) !== 0)": "remove_dom",
      "controller !== null": NO,
      "transitions !== null": NO,
    },
    bodies: {
      component_root: "Batch.ensure(); create_effect(ROOT_EFFECT | EFFECT_PRESERVED, fn);",
      pause_effect: "if (destroy) destroy_effect(effect); if (callback) callback();",
      resume_effect: "",
    },
  },
  {
    file: "internal/client/error-handling.js",
    bodies: { invoke_error_boundary: "if (effect !== null && (effect.f & DESTROYED) !== 0) return; throw error;" },
  },
  {
    file: "internal/client/dom/blocks/each.js",
    is: {
      "should_defer_append()": NO,
      "(flags & EACH_IS_ANIMATED) !== 0": NO,
      "state.outrogroups !== null": NO,
      "(effect.f & INERT) !== 0": NO,
      "(effect.f & INERT) === 0": YES,
      "(current.f & INERT) === 0": YES,
      "state.pending.size > 0": NO,
      "state.pending.size === 0": YES,
      "remaining === 0": YES,
      "(group)": "(false)",
      "(flags & EACH_ITEM_IMMUTABLE) === 0": NO,
    },
  },
  {
    file: "internal/client/dom/blocks/branches.js",
    is: {
      "should_defer_append()": NO,
      "(offscreen)": "(false)",
      "keys.includes(k)": NO,
      "this.#outroing.has(k)": NO,
      "this.#transition || !onscreen": NO,
      "resume_effect(onscreen);": "",
      "this.#outroing.delete(key);": "",
      "this.#outroing.delete(k);": "",
    },
    bodies: { "#discard": "" },
  },
  {
    // The app is there for as long as its page is.
    file: "internal/client/render.js",
    is: { "return () => {": "if (false) return () => {", "mounted_components.set(component, unmount);": "" },
  },
  {
    // Elements of other names than HTML's own, which <svelte:element> would make.
    file: "internal/client/dom/operations.js",
    is: {
      "namespace == null || namespace === NAMESPACE_HTML": YES,
      "is ? document.createElement(tag, { is }) : document.createElement(tag)": "document.createElement(tag)",
    },
  },
  {
    file: "internal/client/dom/blocks/key.js",
    is: { "is_runes()": YES },
  },
  {
    // A style attribute beside style directives, and !important in them.
    file: "internal/shared/attributes.js",
    is: { "if (value) {": "if (false) {", "Array.isArray(styles)": NO },
  },
  {
    file: "internal/client/dom/elements/style.js",
    is: { "Array.isArray(next_styles)": NO },
  },
  {
    file: "utils.js",
    is: { "...DOM_BOOLEAN_ATTRIBUTES,": "" },
  },
  {
    file: "internal/client/constants.js",
    is: { "new (class StaleReactionError": "/* @__PURE__ */ new (class StaleReactionError" },
  },
  {
    // Taking over a page that was rendered on a server.
    file: "internal/client/dom/hydration.js",
    is: {
      "export let hydrating = false;": "export const hydrating = false;",
      "hydrating = value;": "",
    },
  },
];
