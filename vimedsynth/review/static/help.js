// The list of keys, and the switch that turns single-letter keys off (WCAG 2.1.4).

import { byId, el, fill } from "./dom.js";
import { say } from "./words.js";

const KEYS = [
  ["A", "accept"], ["E", "edit"], ["R", "reject"], ["1–9", "keys_reason"], ["S", "skip"], ["U", "undo"], ["N", "note"],
  ["J / →", "forward"], ["K / ←", "back"], [", .", "keys_turn"], ["L", "queue"], ["B", "sheet"],
  ["↑ ↓", "keys_slice"], ["PgUp PgDn", "keys_slices"], ["1–4", "keys_window"], ["[ ]", "keys_scale"], ["F", "keys_fusion"],
  ["H", "keys_hottest"], ["+ − 0", "keys_zoom"], ["Ctrl Enter", "keys_save"], ["Esc", "cancel"], ["G", "keys_language"], ["?", "keys"],
];

export const lettersOn = () => localStorage.getItem("letters") !== "off";

export function showHelp() {
  const dialog = byId("help-dialog");
  const letters = el("input", { type: "checkbox", checked: lettersOn(), onchange: (e) => localStorage.setItem("letters", e.target.checked ? "on" : "off") });
  fill(dialog,
    el("div", { class: "dialog-head" }, el("h2", { id: "help-title" }, say("keys")), el("button", { type: "button", onclick: () => dialog.close() }, say("close"), el("kbd", {}, "Esc"))),
    el("div", { class: "help-body" },
      el("p", {}, say("help_text")),
      el("dl", { class: "key-list" }, ...KEYS.map(([key, word]) => el("div", {}, el("dt", {}, say(word)), el("dd", {}, el("kbd", {}, key))))),
      el("label", {}, letters, ` ${say("letters_on")}`)));
  dialog.showModal();
}
