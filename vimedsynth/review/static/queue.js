// The queue as a drawer: a window of it at a time, by state.

import { get } from "./api.js";
import { byId, el, fill } from "./dom.js";
import { say } from "./words.js";

const PAGE = 100;
const STATES = ["", "todo", "accept", "edit", "reject", "skip"];

export class Queue {
  /** `open(id)` shows a sample on the desk. */
  constructor(open) {
    this.open = open;
    this.state = "";
    this.offset = 0;
    this.dialog = byId("queue-dialog");
  }

  async show(currentId, place) {
    this.currentId = currentId;
    this.offset = this.state ? 0 : Math.floor(place / PAGE) * PAGE;
    await this.load();
    if (!this.dialog.open) this.dialog.showModal();
    this.dialog.querySelector("[aria-current=true]")?.scrollIntoView({ block: "center" });
    (this.dialog.querySelector("[aria-current=true]") ?? this.dialog.querySelector("button"))?.focus();
  }

  async load() {
    const page = await get("/api/queue", { state: this.state, offset: this.offset, limit: PAGE });
    const rows = page.items.map((item) => this.row(item));
    fill(this.dialog,
      el("div", { class: "dialog-head" }, el("h2", { id: "queue-title" }, say("queue")), el("button", { type: "button", onclick: () => this.dialog.close() }, say("close"), el("kbd", {}, "Esc"))),
      el("div", { class: "filters", role: "group", "aria-label": say("filter") }, ...STATES.map((state) => this.filter(state))),
      el("ul", { class: "rows" }, ...(rows.length ? rows : [el("li", { class: "dialog-head muted" }, say("queue_empty"))])),
      this.pager(page));
  }

  filter(state) {
    const pick = async () => { this.state = state; this.offset = 0; await this.load(); };
    return el("button", { type: "button", "aria-pressed": String(state === this.state), onclick: pick }, say(`state_${state || "all"}`));
  }

  row(item) {
    const what = `${say(`section_${item.region}`)} · ${say(`task_${item.task}`)} · ${item.study}`;
    const go = () => { this.dialog.close(); this.open(item.id); };
    return el("li", {}, el("button", { type: "button", "aria-current": String(item.id === this.currentId), onclick: go },
      el("span", { class: "number" }, String(item.place + 1)), el("span", { class: "what" }, what), el("span", { class: `chip ${item.state}` }, say(`state_${item.state}`))));
  }

  pager(page) {
    const turn = async (by) => { this.offset += by; await this.load(); };
    const last = Math.min(page.offset + PAGE, page.total);
    return el("div", { class: "pager" },
      el("button", { type: "button", disabled: page.offset === 0, onclick: () => turn(-PAGE) }, say("earlier")),
      el("span", { class: "muted" }, page.total ? `${page.offset + 1}–${last} / ${page.total}` : "0"),
      el("button", { type: "button", disabled: last >= page.total, onclick: () => turn(PAGE) }, say("later")));
  }
}
