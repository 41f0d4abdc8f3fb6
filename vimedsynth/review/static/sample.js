// The question and answer (or text) and the decision about it: read, edit, reject.

import { ask } from "./api.js";
import { byId, el, fill } from "./dom.js";
import { reasonList, reasonWords, say } from "./words.js";

const CHECK_AFTER_MS = 350;

/** One sample on the desk. `act` has decide(verdict, fields), skip(), undo(), pick(turn). */
export class SamplePane {
  constructor(act) {
    this.act = act;
    this.item = null;
    this.turn = 0;
    this.mode = "read"; // read | edit | reject
  }

  show(item, turn = 0) {
    this.item = item;
    this.turn = turn;
    this.mode = "read";
    this.objections = [];
    this.note = item.decision?.note ?? "";
    this.noteOpen = Boolean(this.note);
    this.draw();
  }

  get turns() {
    return this.item.sample.turns ?? null;
  }

  /** The evidence of the chosen turn, [start, end) each. */
  get evidence() {
    return this.turns?.[this.turn]?.evidence ?? [];
  }

  step(by) {
    if (!this.turns || this.mode !== "read") return;
    this.choose((this.turn + by + this.turns.length) % this.turns.length);
  }

  choose(turn) {
    this.turn = turn;
    this.act.pick(turn);
    this.draw();
    byId("sample").querySelector(".chosen")?.scrollIntoView({ block: "nearest" });
  }

  draw() {
    fill(byId("sample"), this.banner(), ...this.readings(), ...this.content());
    fill(byId("decision"), ...this.bar());
  }

  banner() {
    const own = this.item.decision;
    if (!own) return null;
    const why = own.reason ? ` · ${reasonWords(own.reason)}` : "";
    return el("div", { class: `banner ${own.verdict}` }, el("strong", {}, `${say(`done_${own.verdict}`)}${why}`), own.note ? el("span", {}, own.note) : null);
  }

  readings() {
    return this.item.readings.map((reading) => {
      const why = reading.reason ? ` · ${reasonWords(reading.reason)}` : "";
      const turns = reading.verdict === "edit" ? (reading.after.turns ?? [{ question: "", answer: reading.after.text }]) : [];
      const words = turns.map((turn) => el("div", {}, turn.question ? el("strong", {}, `${turn.question} `) : null, turn.answer));
      const copy = turns.length ? el("button", { type: "button", class: "quiet", onclick: () => this.startEdit(reading.after) }, say("take_over")) : null;
      return el("div", { class: `banner ${reading.verdict}` }, el("strong", {}, `${say("reader")} ${reading.label}: ${say(`verdict_${reading.verdict}`)}${why}`), ...words, reading.note ? el("span", {}, reading.note) : null, copy);
    });
  }

  content() {
    const { sample } = this.item;
    if (this.mode === "edit") return this.forms();
    const after = this.item.decision?.verdict === "edit" ? this.item.decision.after : null;
    if (!this.turns) return [el("div", { class: "turn" }, el("p", { class: "text-body" }, (after ?? sample).text))];
    const shown = after ? [...after.turns] : null;
    return this.turns.map((turn, i) => this.card(turn, i, shown));
  }

  card(turn, i, shown) {
    const many = this.turns.length > 1;
    const now = shown && shown.length === this.turns.length ? shown[i] : turn;
    const head = el("div", { class: "turn-head" },
      el("span", { class: "label" }, many ? say("turn_of", { n: i + 1, count: this.turns.length }) : say("question")),
      el("span", { class: "chip" }, say(`type_${turn.question_type}`).replace(/^type_/, "")));
    const pick = many ? el("button", { type: "button", class: "pick", "aria-pressed": String(i === this.turn), onclick: () => this.choose(i) }, say("show_evidence")) : null;
    return el("article", { class: `turn${i === this.turn ? " chosen" : ""}` }, head,
      el("p", { class: "question" }, now.question), el("span", { class: "label" }, say("answer")), el("p", { class: "answer" }, now.answer), pick);
  }

  bar() {
    if (this.mode === "edit") return this.editBar();
    if (this.mode === "reject") return this.rejectBar();
    const act = (name, key, run) => el("button", { type: "button", class: name, "aria-keyshortcuts": key, onclick: run }, say(name), el("kbd", { "aria-hidden": "true" }, key));
    return [
      el("div", { class: "actions" },
        act("accept", "A", () => this.act.decide("accept", this.common())),
        act("edit", "E", () => this.startEdit()),
        act("reject", "R", () => this.startReject())),
      this.noteField(),
      el("div", { class: "minor" }, act("back", "K", () => this.act.move("previous")), act("skip", "S", () => this.act.decide("skip", this.common())),
        act("note", "N", () => this.openNote()), act("undo", "U", () => this.act.undo()), act("forward", "J", () => this.act.move("next"))),
    ];
  }

  common() {
    return { note: byId("note")?.value ?? this.note };
  }

  noteField() {
    if (!this.noteOpen) return null;
    const input = el("textarea", { id: "note", rows: "2", maxlength: "2000", value: this.note, oninput: (e) => (this.note = e.target.value) });
    return el("div", {}, el("label", { for: "note", class: "muted" }, say("note_label")), input);
  }

  openNote() {
    this.noteOpen = true;
    this.draw();
    byId("note").focus();
  }

  startReject() {
    this.mode = "reject";
    this.draw();
    byId("decision").querySelector("input")?.focus();
  }

  rejectBar() {
    const chosen = this.item.decision?.reason;
    const rows = reasonList().map(([code, words, key]) => el("label", {}, el("input", { type: "radio", name: "reason", value: code, checked: code === chosen }), el("kbd", { "aria-hidden": "true" }, key), words));
    this.noteOpen = true;
    return [
      el("fieldset", { class: "reasons" }, el("legend", {}, say("why_reject")), ...rows),
      this.noteField(),
      el("p", { class: "error", id: "reject-error", role: "alert" }),
      el("div", { class: "row" },
        el("button", { type: "button", onclick: () => this.cancel() }, say("cancel"), el("kbd", {}, "Esc")),
        el("button", { type: "button", class: "primary", onclick: () => this.reject() }, say("reject"), el("kbd", {}, "Enter"))),
    ];
  }

  pickReason(key) {
    const found = reasonList().find(([, , own]) => own === key);
    const input = found && byId("decision").querySelector(`input[value="${found[0]}"]`);
    if (!input) return;
    input.checked = true;
    input.focus();
  }

  reject() {
    const reason = byId("decision").querySelector("input[name=reason]:checked")?.value;
    const missing = !reason ? "reason_missing" : reason === "other" && !this.note.trim() ? "note_missing" : null;
    if (missing) {
      byId("reject-error").textContent = say(missing);
      if (missing === "note_missing") byId("note").focus();
      return;
    }
    this.act.decide("reject", { ...this.common(), reason });
  }

  startEdit(from = null) {
    const { sample, decision } = this.item;
    const base = from ?? (decision?.verdict === "edit" ? decision.after : sample);
    const fits = this.turns && base.turns?.length === this.turns.length ? base.turns : this.turns;
    this.draft = this.turns ? fits.map(({ question, answer }) => ({ question, answer, dropped: false })) : { text: base.text };
    this.objections = [];
    this.seen = null;
    this.mode = "edit";
    this.draw();
    this.check();
    const fields = [...byId("sample").querySelectorAll("textarea[data-part=answer], textarea[data-part=text]")];
    (fields[this.turns ? this.turn : 0] ?? fields[0])?.focus();
  }

  forms() {
    if (!this.turns) return [el("div", { class: "turn" }, this.field("text-edit", "text", say("text"), this.draft, 12)), this.objectionBox()];
    const cards = this.draft.map((draft, i) => {
      const many = this.draft.length > 1;
      const drop = many ? el("button", { type: "button", class: "quiet", onclick: () => this.drop(i) }, say(draft.dropped ? "keep_turn" : "drop_turn")) : null;
      const head = el("div", { class: "turn-head" }, el("span", { class: "label" }, many ? say("turn_of", { n: i + 1, count: this.draft.length }) : ""), drop);
      if (draft.dropped) return el("article", { class: "turn dropped" }, head, el("p", {}, draft.question));
      return el("article", { class: `turn${i === this.turn ? " chosen" : ""}` }, head,
        this.field(`q${i}`, "question", say("question"), draft, 2), this.field(`a${i}`, "answer", say("answer"), draft, 3));
    });
    return [...cards, this.objectionBox()];
  }

  field(id, part, label, draft, rows) {
    const input = el("textarea", { id, "data-part": part, rows: String(rows), maxlength: "20000", value: draft[part], spellcheck: "false",
      oninput: (e) => { draft[part] = e.target.value; this.checkSoon(); } });
    return el("div", {}, el("label", { for: id, class: "label" }, label), input);
  }

  drop(i) {
    this.draft[i].dropped = !this.draft[i].dropped;
    this.draw();
    this.checkSoon();
  }

  objectionBox() {
    return el("div", { id: "objections", role: "status" });
  }

  edit() {
    if (!this.turns) return { text: this.draft.text };
    return { turns: this.draft.map(({ question, answer, dropped }) => (dropped ? null : { question, answer })) };
  }

  checkSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), CHECK_AFTER_MS);
  }

  async check() {
    const edit = this.edit();
    const found = await ask("/api/check", { sample_id: this.item.id, edit }).catch(() => null);
    if (found && this.mode === "edit" && JSON.stringify(edit) === JSON.stringify(this.edit())) this.showObjections(found.objections);
  }

  /** What the guard has against the words in the form; from now on saving these words is the physician's choice. */
  showObjections(objections) {
    this.objections = objections;
    this.seen = JSON.stringify(this.edit());
    const box = byId("objections");
    if (!box) return;
    box.className = objections.length ? "objections" : "";
    const rows = objections.map((o) => el("li", {}, el("strong", {}, say(`code_${o.code}`).replace(/^code_/, "")), o.quote ? [": ", el("q", {}, o.quote)] : null, el("span", { class: "muted", lang: "en" }, ` (${o.message})`)));
    fill(box, ...(rows.length ? [el("strong", {}, say("guard_objects")), el("ul", {}, ...rows), el("span", { class: "muted" }, say("you_decide"))] : []));
    const save = byId("save-edit");
    if (save) save.firstChild.textContent = say(rows.length ? "save_anyway" : "save");
  }

  editBar() {
    return [
      el("p", { class: "error", id: "edit-error", role: "alert" }),
      this.noteField(),
      el("div", { class: "row" },
        el("button", { type: "button", onclick: () => this.cancel() }, say("cancel"), el("kbd", {}, "Esc")),
        el("button", { type: "button", class: "primary", id: "save-edit", onclick: () => this.save() }, say("save"), el("kbd", {}, "Ctrl Enter"))),
    ];
  }

  save() {
    const edit = this.edit();
    const confirmed = this.objections.length > 0 && this.seen === JSON.stringify(edit);
    this.act.decide("edit", { ...this.common(), edit, confirmed });
  }

  /** The server did not take the edit: say why, keep the words. */
  refused(error) {
    if (error.body.objections) this.showObjections(error.body.objections);
    else (byId("edit-error") ?? byId("reject-error"))?.replaceChildren(say(`error_${error.message}`));
  }

  cancel() {
    this.mode = "read";
    this.noteOpen = Boolean(this.note);
    this.draw();
    byId("decision").focus();
  }
}
